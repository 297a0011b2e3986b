#include <fmt/ostream.h>

#include <filesystem>
#include <mutex>
#include <ostream>

#include "src/base/digest.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/other_file.h"
#include "src/base/output.h"
#include "src/base/parallel.h"
#include "src/cli/measuring.h"
#include "src/cli/network_argument.h"
#include "src/cli/progress.h"
#include "src/report/measured_files_report.h"

namespace opline::cli {
namespace {

using report::MeasuredFile;

/// One thing to measure: a network that opline can read, or else a file for another runtime.
struct Subject {
  std::string name, path, content;
  std::optional<NamedNetwork> network;
  std::string unreadable;  ///< Why opline cannot read the file.
};

bool is_file(const std::string& word) {
  return word.ends_with(".tflite") || word.find('/') != std::string::npos;
}

Subject subject_of(const Options& options, const std::string& word, bool other_runtime) {
  Subject subject;
  if (!is_file(word)) {
    subject.network = network_named(word, options);
    subject.name = word;
    return subject;
  }
  subject.path = word;
  subject.name = std::filesystem::path(word).stem().string();
  subject.content = read_file(word);
  try {
    subject.network = resolve_network(options, word);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::input || !other_runtime) throw;
    subject.unreadable = error.what();
  }
  return subject;
}

/// Ten minutes of a board: nobody knows what is in a file that opline cannot read.
constexpr double kLongestSeconds = 600;

measure::Request request_of_file(const Subject& subject, const campaign::Target& target) {
  measure::Request request;
  request.network = digest(subject.content);
  request.payload = measure::Payload::tflite;
  request.output_check = measure::OutputCheck::none;
  request.budget_cycles = static_cast<std::uint64_t>(
      kLongestSeconds * static_cast<double>(target.setup.clock_hz.value_or(1'000'000'000)));
  request.tensors.assign(subject.content.begin(), subject.content.end());
  return request;
}

/// The file's own bytes, where there are any: opline would write the same network otherwise.
measure::Request request_of(const Subject& subject, const campaign::Target& target) {
  if (!subject.network) return request_of_file(subject, target);
  measure::Request request = request_for(*subject.network, lay_out(*subject.network), target);
  if (target.payload == measure::Payload::tflite && !subject.content.empty()) {
    request.tensors.assign(subject.content.begin(), subject.content.end());
    request.layer_of_operator.clear();
  }
  return request;
}

std::string unchecked_text(const Subject& subject, const campaign::Target& target) {
  if (!subject.network) return "opline's kernels cannot execute this file: " + subject.unreadable;
  const bool compared = target.payload == measure::Payload::plan ||
                        target.output_check == measure::OutputCheck::final;
  return compared ? "" : "--output-check none";
}

/// What is measured on: a target, and the simulated board of it, whose instructions can be counted.
struct Place {
  campaign::Target target;
  const runners::SimulatedBoard* simulated = nullptr;
};

std::vector<Place> places_of(const AskedBoards& asked) {
  std::vector<Place> places;
  for (campaign::Target& target : targets_of(asked)) places.push_back({std::move(target)});
  for (std::size_t i = 0; i < asked.boards.size(); ++i) places[i].simulated = &asked.boards[i];
  return places;
}

measure::Outcome outcome_of(const measure::Request& request, const Place& place,
                            std::optional<std::uint64_t>& instructions) {
  if (place.simulated == nullptr) return place.target.make_runner()->measure(request);
  return place.simulated
      ->make_profiling_runner(
          [&](const simulator::Profile& run) { instructions = run.total.instructions; })
      ->measure(request);
}

std::optional<std::string> reason_not_to_run(const Subject& subject,
                                             const campaign::Target& target) {
  if (!subject.network) return std::nullopt;  // the runner compares the file with its region
  return network::reason_not_to_run(lay_out(*subject.network), target.limits);
}

/// An attached board keeps the weights that its image was flashed with, and a plan can use those of
/// its pools only: the same layers with other numbers.
Subject as_executed(Subject subject, const Place& place, MeasuredFile& one) {
  const bool from_pools = place.simulated == nullptr &&
                          place.target.payload == measure::Payload::plan && subject.network &&
                          subject.network->numbers;
  if (!from_pools) return subject;
  subject.network->numbers.reset();
  one.own_weights = false;
  return subject;
}

MeasuredFile measure_one(const Subject& given, const Place& place) {
  MeasuredFile one;
  const Subject subject = as_executed(given, place, one);
  one.name = subject.name;
  one.file = subject.path;
  if (!subject.path.empty()) one.digest = digest(subject.content);
  if (subject.network) {
    one.network = subject.network->network.id();
    one.ops = network::total_ops(subject.network->network).ops();
  }
  one.unchecked = unchecked_text(subject, place.target);
  one.setup = place.target.setup;
  if (place.target.power) one.modelled_watts = place.target.power->watts;
  if (const auto reason = reason_not_to_run(subject, place.target)) {
    one.outcome = measure::Outcome::failed(measure::OutcomeKind::does_not_fit, *reason);
    return one;
  }
  try {
    one.outcome = outcome_of(request_of(subject, place.target), place, one.instructions);
  } catch (const Error& error) {
    // Every board of this setup is gone: the others go on.
    if (error.code() != ErrorCode::device) throw;
    one.outcome = measure::Outcome::failed(measure::OutcomeKind::board_lost, error.what());
  }
  return one;
}

std::vector<MeasuredFile> measure_all(const std::vector<Subject>& subjects,
                                      const std::vector<Place>& places, unsigned threads,
                                      Console& console) {
  std::vector<MeasuredFile> all(subjects.size() * places.size());
  Progress progress(console, "measuring");
  std::mutex mutex;
  std::uint64_t done = 0;
  parallel_for(threads, all.size(), [&](std::size_t i) {
    all[i] = measure_one(subjects[i / places.size()], places[i % places.size()]);
    const std::lock_guard lock(mutex);
    progress.update(++done, all.size());
  });
  return all;
}

runners::FirmwareOptions firmware_of_files(const Options& options) {
  runners::FirmwareOptions firmware;
  const auto elf = options.optional_text("firmware");
  if (!elf && options.has("output-check"))
    options.fail("--output-check is for --firmware; opline's own layers are always compared");
  if (!elf && options.given("payload"))
    options.fail("--payload is for --firmware FILE: what opline's own firmware executes is known");
  if (!elf) return firmware;
  firmware.elf = *elf;
  firmware.payload =
      measure::payload_from_string(options.optional_text("payload").value_or("tflite"));
  if (const auto check = options.optional_text("output-check"))
    firmware.output_check = measure::output_check_from_string(*check);
  return firmware;
}

void add_options(Options& options) {
  options.positional("FILE.tflite...", "int8 .tflite files, or known networks (kws-s)");
  options.completes("FILE.tflite...", Names::networks);
  add_board_options(options, "");
  options.value("firmware", "FILE",
                "an ELF file to measure with, instead of opline's own (docs/own-runtime.md)");
  options.value("payload", "KIND",
                "what --firmware executes: tflite (any other runtime; default) or plan (opline's)");
  options.completes("payload", {"tflite", "plan"});
  options.value("output-check", "WHAT",
                "with --firmware: final (the output must equal that of TFLM's arithmetic; default) "
                "or none (a runtime that rounds differently)");
  options.completes("output-check", {"final", "none"});
  options.value("csv", "FILE",
                "write the measurements as a table for opline import, fit and calibrate; - is "
                "standard output");
  options.exits({static_cast<int>(ErrorCode::missing_tool), static_cast<int>(ErrorCode::input),
                 static_cast<int>(ErrorCode::io), static_cast<int>(ErrorCode::device), kNoResult});
}

}  // namespace

int measure_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "measure",
      "Measure .tflite files on simulated or attached boards: latency, cycles, instructions "
      "(where\n"
      "simulated) and modelled energy. With opline's own runtime the output of every layer is\n"
      "compared; --firmware measures with the runtime of your own firmware, which may execute\n"
      "files that opline's kernels cannot.",
      "opline measure model.tflite --boards nucleo-f446re,nucleo-f746zg\n"
      "opline measure models/*.tflite --boards nucleo-f446re --csv measured.csv\n"
      "opline measure model.tflite --boards nucleo-f446re --firmware my.elf\n"
      "opline measure kws-s kws-m --boards nucleo-l4r5zi --json");
  add_options(options);
  if (!options.parse(arguments, console)) return 0;
  const std::vector<std::string> words = options.positionals();
  if (words.empty()) options.fail("name a .tflite file, or a known network such as kws-s");
  const runners::FirmwareOptions firmware = firmware_of_files(options);
  std::vector<Subject> subjects;
  std::vector<std::filesystem::path> files;
  for (const std::string& word : words) {
    subjects.push_back(subject_of(options, word, firmware.payload == measure::Payload::tflite));
    if (!subjects.back().path.empty()) files.emplace_back(subjects.back().path);
  }
  const auto csv = options.optional_text("csv");
  if (csv) require_other_file(*csv, files);
  const AskedBoards asked = read_boards(options, firmware);
  const std::vector<MeasuredFile> all =
      measure_all(subjects, places_of(asked), asked.work.threads, console);
  if (csv) write_output(*csv, to_csv(all, {console.command_line}), console.out);
  if (csv != "-")
    console.out << (options.has("json") ? to_text(report::to_json(all)) : report::in_words(all));
  (void)report_set_aside(asked, console);
  const bool any = std::ranges::any_of(all, [](const MeasuredFile& one) {
    return one.outcome.kind == measure::OutcomeKind::measured;
  });
  return any ? 0 : kNoResult;
}

}  // namespace opline::cli
