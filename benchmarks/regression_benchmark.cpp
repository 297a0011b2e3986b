// One million rows with full diagnostics: opline beside R's lm and numpy, same machine, same run,
// same data.
//
//   build/release/benchmarks/regression_benchmark [rows [repeats]]     (default 1000000 5)
//
// y on one column and on five; for each the median over the repeats of the seconds for the fit
// (estimates, errors, R^2
// ...) and for the diagnostics (RESET, Breusch-Pagan, White, Jarque-Bera, leverages, studentised
// residuals, Cook's distances), and the largest relative difference of any estimate or standard
// error, and of any test statistic. The others take the data from a temporary file and time
// themselves, without start-up and reading (regression_benchmark.R, .py). Needs, and says so where
// they are missing: r-base-core r-cran-lmtest, python3-numpy.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "analysis/regression/diagnostics.h"
#include "src/base/error.h"
#include "src/base/random.h"

namespace opline::analysis {
namespace {

struct Data {
  std::vector<double> y;
  std::vector<std::vector<double>> x;
};

/// ops-like columns, y linear in them with an error that grows with y: nothing is exactly well.
Data make_data(std::size_t rows, std::size_t columns) {
  Data data{std::vector<double>(rows),
            std::vector<std::vector<double>>(columns, std::vector<double>(rows))};
  for (std::size_t row = 0; row < rows; ++row) {
    RandomStream random(1, row);
    const auto uniform = [&] { return random.next() / 4294967296.0; };
    double y = 1e-3;
    for (std::size_t i = 0; i < columns; ++i) {
      data.x[i][row] = std::floor(1e6 + 8e7 * uniform() * uniform());
      y += 1e-9 * static_cast<double>(5 + i) * data.x[i][row];
    }
    data.y[row] = y * (1 + 0.05 * (uniform() + uniform() + uniform() - 1.5));
  }
  return data;
}

struct Run {
  std::string version;
  std::vector<double> fit, diagnostics;  ///< Seconds, one per repeat.
  std::vector<double> figures;  ///< Estimates, errors, RESET, Breusch-Pagan, White, Jarque-Bera,
                                ///< largest h and Cook.
};

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

Run run_opline(const Data& data, std::size_t repeats, unsigned threads) {
  Run run{fmt::format("opline, {} thread{}", threads, threads == 1 ? "" : "s"), {}, {}, {}};
  for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
    using Clock = std::chrono::steady_clock;
    const auto seconds = [](Clock::duration time) {
      return std::chrono::duration<double>(time).count();
    };
    const auto start = Clock::now();
    Design design(data.y.size());
    for (std::size_t i = 0; i < data.x.size(); ++i)
      design.add(fmt::format("x{}", i + 1), data.x[i]);
    const LinearModel model =
        fit_linear(design, data.y, {.covariance = CovarianceKind::classical, .threads = threads});
    const auto middle = Clock::now();
    const Diagnostics found = diagnose(model, design, data.y, {.threads = threads});
    const auto end = Clock::now();
    run.fit.push_back(seconds(middle - start));
    run.diagnostics.push_back(seconds(end - middle));
    run.figures.clear();
    for (const Coefficient& one : model.coefficients) run.figures.push_back(one.estimate);
    for (const Coefficient& one : model.coefficients) run.figures.push_back(one.standard_error);
    for (const auto& test : {found.reset, found.breusch_pagan, found.white, found.jarque_bera})
      run.figures.push_back(test.value().statistic);
    double leverage = 0, cook = 0;
    for (const Influence& one : found.influence) {
      leverage = std::max(leverage, one.leverage);
      cook = std::max(cook, one.cook.value());
    }
    run.figures.insert(run.figures.end(), {leverage, cook});
  }
  return run;
}

/// What `command` says, line by line; nothing when it fails.
std::optional<Run> run_other(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string text;
  char buffer[4096];
  while (std::fgets(buffer, sizeof buffer, pipe) != nullptr) text += buffer;
  if (pclose(pipe) != 0) return std::nullopt;
  Run run;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string kind;
    double first = 0, second = 0;
    words >> kind;
    if (kind == "version") run.version = line.substr(8);
    if (kind == "figure" && words >> first) run.figures.push_back(first);
    if (kind == "time" && words >> first >> second) {
      run.fit.push_back(first);
      run.diagnostics.push_back(second);
    }
  }
  return run;
}

double largest_difference(const Run& a, const Run& b, std::size_t from, std::size_t to) {
  double largest = 0;
  for (std::size_t i = from; i < to; ++i)
    largest = std::max(largest, std::abs(a.figures.at(i) / b.figures.at(i) - 1));
  return largest;
}

void print_row(const Run& run, const Run& reference, std::size_t estimates) {
  const double fit = median_of(run.fit), diagnostics = median_of(run.diagnostics);
  const double total = median_of(reference.fit) + median_of(reference.diagnostics);
  fmt::print("| {} | {:.3f} | {:.3f} | {:.3f} | {:.2f} |", run.version, fit, diagnostics,
             fit + diagnostics, (fit + diagnostics) / total);
  if (&run == &reference) {
    fmt::print(" | |\n");
    return;
  }
  fmt::print(" {:.1e} | {:.1e} |\n", largest_difference(run, reference, 0, estimates),
             largest_difference(run, reference, estimates, reference.figures.size()));
}

void compare(std::size_t rows, std::size_t columns, std::size_t repeats) {
  const Data data = make_data(rows, columns);
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / fmt::format("opline-regression-{}.bin", columns);
  {
    std::ofstream out(file, std::ios::binary);
    const auto write = [&](const std::vector<double>& values) {
      out.write(reinterpret_cast<const char*>(values.data()),
                static_cast<std::streamsize>(values.size() * sizeof(double)));
    };
    write(data.y);
    for (const std::vector<double>& column : data.x) write(column);
  }
  fmt::print("\ny on {} column{}, {} rows, median of {}\n\n", columns, columns == 1 ? "" : "s",
             rows, repeats);
  fmt::print(
      "| | fit, s | diagnostics, s | both, s | of opline's | estimates differ by | statistics "
      "differ by |\n");
  fmt::print("|---|---|---|---|---|---|---|\n");
  const Run reference = run_opline(data, repeats, 1);
  const std::size_t estimates = 2 * (columns + 1);
  print_row(reference, reference, estimates);
  const unsigned threads = std::max(2U, std::thread::hardware_concurrency());
  print_row(run_opline(data, repeats, threads), reference, estimates);
  const std::string arguments = fmt::format("{} {} {} {}", file.string(), rows, columns, repeats);
  const std::string scripts = OPLINE_SOURCE_DIR "/benchmarks/regression_benchmark.";
  const auto other = [&](const std::string& program, const std::string& packages) {
    const auto run = run_other(fmt::format("{} {} 2>/dev/null", program, arguments));
    if (run && run->figures.size() == reference.figures.size())
      return print_row(*run, reference, estimates);
    fmt::print("not run: {}; apt-get install -y --no-install-recommends {}\n", program, packages);
  };
  other("Rscript " + scripts + "R", "r-base-core r-cran-lmtest");
  other("/usr/bin/python3 " + scripts + "py", "python3-numpy");
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace opline::analysis

int main(int count, char** words) {
  try {
    const std::size_t rows = count > 1 ? std::stoul(words[1]) : 1000000;
    const std::size_t repeats = count > 2 ? std::stoul(words[2]) : 5;
    if (rows < 100 || repeats < 1) throw std::invalid_argument("too few");
    for (const std::size_t columns : {1, 5}) opline::analysis::compare(rows, columns, repeats);
  } catch (const opline::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return static_cast<int>(error.code());
  } catch (const std::exception&) {
    fmt::print(stderr, "regression_benchmark [rows, at least 100 [repeats, at least 1]]\n");
    return 2;
  }
  return 0;
}
