// Reads a table of measurements and prints CPU seconds and peak memory, to compare with
// pandas.read_csv on the same file (measured_table_benchmark.py, which writes it).
//
//   measured_table_benchmark FILE [repetitions]
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>

#include <fmt/format.h>

#include "src/evaluation/table/measured_table.h"

namespace {

rusage usage() {
  rusage now{};
  getrusage(RUSAGE_SELF, &now);
  return now;
}

double cpu_seconds() {
  const rusage now = usage();
  return static_cast<double>(now.ru_utime.tv_sec + now.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(now.ru_utime.tv_usec + now.ru_stime.tv_usec);
}

int run(const char* file, int repetitions) {
  double best = 1e9;
  std::size_t rows = 0;
  for (int i = 0; i < repetitions; ++i) {
    const double start = cpu_seconds();
    const auto table = opline::evaluation::read_measured_table(file, {.name = "name"});
    best = std::min(best, cpu_seconds() - start);
    rows = table.rows();
  }
  std::cout << fmt::format("opline: {} rows, {:.3f} CPU s (best of {}), peak {:.0f} MB\n", rows,
                           best, repetitions, static_cast<double>(usage().ru_maxrss) / 1000);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::cerr << "usage: measured_table_benchmark FILE [repetitions]\n";
    return 2;
  }
  try {
    return run(arguments[1], count > 2 ? std::atoi(arguments[2]) : 5);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
