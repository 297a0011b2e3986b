#include <fmt/ostream.h>

#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <sstream>

#include "src/base/counted.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/process.h"
#include "src/base/shell_word.h"
#include "src/base/units.h"
#include "src/base/utc_now.h"
#include "src/base/version.h"
#include "src/cli/exit_code.h"
#include "src/cli/measuring.h"
#include "src/cli/progress.h"
#include "src/cli/schedulers.h"
#include "src/report/submission_report.h"

namespace opline::cli {
namespace {

namespace fs = std::filesystem;
using campaign::Scheduler;
using campaign::Submission;

constexpr std::uint64_t kMostShards = 10'000;

/// Options of run and study that the submission decides.
constexpr const char* kReserved[] = {"db", "out", "shard", "threads", "dry-run", "json"};

Options submit_options() {
  Options options(
      "submit",
      "Measure a campaign on a Slurm cluster (--slurm) or on several hosts (--hosts). The "
      "campaign\n"
      "is the command `study` or `run` behind `--`; it is cut into shards, each is measured on "
      "the\n"
      "local disk of its machine and copied back to --dir, and at the end the shards are merged "
      "and\n"
      "the command is repeated on the merged study. Run again with the same --dir it starts only\n"
      "what is missing. --dir holds the scripts that are executed.",
      "opline submit --slurm --dir /shared/kws --hours-per-shard 2 --sbatch '--partition=cpu "
      "--mem=2G' -- study --space kws --count 20000 --boards nucleo-f746zg\n"
      "opline submit --hosts ada,bob,user@carl --dir kws -- study --space kws --count 5000\n"
      "opline submit --dir /shared/kws");
  options.value("dir", "DIR",
                "the folder of the submission; with --slurm one that all nodes share");
  options.flag("slurm", "an array of jobs for sbatch, and a job that merges");
  options.value("hosts", "HOST,...", "through GNU parallel and ssh; the command waits for the end");
  options.value("shards", "N", "number of shards, 1 to 10000; default: by --hours-per-shard");
  options.value("hours-per-shard", "H",
                "size shards by the forecast of --dry-run, on one thread; 1 with --slurm, 0.1 with "
                "--hosts");
  options.value("sbatch", "OPTIONS", "more options for sbatch, separated by blanks");
  options.value("jobs", "N",
                "with --hosts: shards at a time on each host, a number or a share of "
                "its cores",
                "100%");
  options.value("retries", "N", "with --hosts: times a shard is tried, each time on another host",
                "3");
  options.value("copy-minutes", "M", "with --slurm: how often a shard is copied back", "10");
  options.value("program", "PATH", "opline on the nodes or hosts; default: this program");
  options.flag("dry-run", "write the folder and print what would be executed");
  options.flag("json", "print the status afterwards as JSON (opline status)");
  options.positional("-- study|run ...", "the campaign");
  options.completes("-- study|run ...", {"study", "run"});
  options.exits({static_cast<int>(ErrorCode::missing_tool), static_cast<int>(ErrorCode::input),
                 static_cast<int>(ErrorCode::io), kInterrupted, kIncomplete});
  return options;
}

/// Values that name a file or folder that is there, as absolute paths: the nodes work elsewhere.
std::vector<std::string> with_absolute_paths(std::vector<std::string> words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::size_t sign = words[i].starts_with("--") ? words[i].find('=') : std::string::npos;
    const std::size_t from = sign == std::string::npos ? 0 : sign + 1;
    const fs::path value = words[i].substr(from);
    if (value.string().find('.') != std::string::npos && value.is_relative() && fs::exists(value))
      words[i] = words[i].substr(0, from) + fs::absolute(value).string();
  }
  return words;
}

/// The campaign behind `--`, checked, with its forecast on one thread.
report::ForecastView forecast_of(const Options& options, const std::vector<std::string>& command,
                                 Console& console) {
  if (command[0] != "study" && command[0] != "run")
    options.fail(fmt::format("expected study or run after --, found '{}'", command[0]));
  Options inner = command[0] == "study" ? study_options() : run_options();
  std::vector<std::string> words(command.begin() + 1, command.end());
  for (const char* word : {"--dry-run", "--threads=1"}) words.emplace_back(word);
  for (const std::string& word : command) {
    for (const char* reserved : kReserved) {
      if (word == std::string("--") + reserved || word.starts_with(fmt::format("--{}=", reserved)))
        options.fail(fmt::format("--{} is decided by the submission; leave it out", reserved));
    }
  }
  if (!inner.parse(words, console)) options.fail("--help is not a campaign");
  return forecast(read_campaign(inner), inner, console);
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

void read_scheduler(const Options& options, Submission& submission) {
  if (options.has("slurm") == options.has("hosts")) options.fail("give one of --slurm and --hosts");
  const bool slurm = options.has("slurm");
  submission.scheduler = slurm ? Scheduler::slurm : Scheduler::hosts;
  for (const char* name : {"jobs", "retries"}) {
    if (slurm && options.given(name)) options.fail(fmt::format("--{} belongs to --hosts", name));
  }
  for (const char* name : {"sbatch", "copy-minutes"}) {
    if (!slurm && options.given(name)) options.fail(fmt::format("--{} belongs to --slurm", name));
  }
  if (const auto more = options.optional_text("sbatch")) submission.sbatch = words_of(*more);
  if (!slurm) submission.hosts = options.list("hosts");
  submission.jobs = options.text("jobs");
  submission.retries = options.integer("retries", 1, 100);
  submission.copy_seconds =
      static_cast<std::uint64_t>(60 * options.number("copy-minutes", 0, 100'000));
  submission.copy_seconds = std::max<std::uint64_t>(submission.copy_seconds, 1);
}

/// How many shards: --shards, or by the forecast.
std::uint64_t shards_of(const Options& options, const Submission& submission,
                        std::uint64_t networks) {
  if (options.has("shards")) {
    if (options.has("hours-per-shard")) options.fail("give one of --shards and --hours-per-shard");
    return options.integer("shards", 1, kMostShards);
  }
  const double usual = submission.scheduler == Scheduler::slurm ? 1 : 0.1;
  const double hours =
      options.has("hours-per-shard") ? options.number("hours-per-shard", 0, 10'000) : usual;
  return campaign::shards_for(submission.seconds, hours, networks);
}

Submission new_submission(const Options& options, const std::vector<std::string>& command,
                          Console& console) {
  Submission submission;
  read_scheduler(options, submission);
  submission.command = with_absolute_paths(command);
  const report::ForecastView view = forecast_of(options, submission.command, console);
  if (!options.has("json")) console.out << report::in_words(view);
  if (view.forecast.time) submission.seconds = view.forecast.time->seconds;
  for (const campaign::ForecastCounts& target : view.forecast.targets)
    submission.expected += target.networks;
  submission.shards = shards_of(options, submission, view.forecast.targets.at(0).networks);
  submission.program =
      options.optional_text("program").value_or(fs::read_symlink("/proc/self/exe").string());
  if (const char* home = std::getenv("OPLINE_HOME")) submission.home = fs::absolute(home).string();
  submission.created_by = "opline " + std::string(version());
  submission.created_at = utc_now();
  return submission;
}

/// The submission of the folder; a new one is written into it.
Submission submission_of(const Options& options, const fs::path& folder, Console& console) {
  const std::vector<std::string> command = options.positionals();
  if (!fs::exists(folder / "submission.json")) {
    if (command.empty())
      options.fail(
          fmt::format("{} holds no submission; give the campaign after --: study or run "
                      "and its options",
                      folder.string()));
    Submission submission = new_submission(options, command, console);
    campaign::write_submission(folder, submission);
    return submission;
  }
  Submission submission = campaign::read_submission(folder);
  if (!command.empty() && with_absolute_paths(command) != submission.command) {
    options.fail(fmt::format("{} holds another campaign ({}); name another folder", folder.string(),
                             command_line_of(submission.command)));
  }
  for (const char* name : {"shards", "hours-per-shard", "sbatch", "program"}) {
    if (options.given(name))
      options.fail(
          fmt::format("--{} was decided when {} was made; edit its scripts, or name "
                      "another folder",
                      name, folder.string()));
  }
  return submission;
}

/// submit.sh over ssh until all is done, with the shards so far.
int wait_for_hosts(const fs::path& folder, const Submission& submission,
                   const std::vector<std::string>& words, Console& console) {
  Progress progress(console, "shards");
  return run_program_visibly(words, [&] {
    const campaign::Status status = campaign::read_status(folder, submission, {});
    progress.update(status.count(campaign::ShardState::done), submission.shards);
  });
}

}  // namespace

int submit_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options = submit_options();
  if (!options.parse(arguments, console)) return 0;
  const fs::path folder = fs::absolute(options.text("dir")).lexically_normal();
  const Submission submission = submission_of(options, folder, console);
  const auto status = [&] {
    return campaign::read_status(folder, submission, ask_scheduler(folder, submission));
  };
  const campaign::Status before = status();
  const std::vector<std::uint64_t> missing = before.missing();
  const std::vector<std::string> words = submit_command(folder, submission, missing);
  const bool json = options.has("json");
  if (!json) {
    fmt::print(console.out, "{} of {} in {}\n", counted(missing.size(), "shard"), submission.shards,
               folder.string());
  }
  int code = 0;
  if (options.has("dry-run")) {
    if (!json) fmt::print(console.out, "would execute: {}\n", command_line_of(words).substr(7));
  } else if (before.merged || (missing.empty() && before.merge_queued)) {
    if (!json) fmt::print(console.out, "nothing is missing\n");
  } else {
    require_scheduler(submission);
    if (submission.scheduler == Scheduler::slurm) {
      const Ended ended = opline::run_program(words);
      if (ended.exit_code != 0) {
        throw Error(ErrorCode::io, "{}: submit.sh failed: {}", folder.string(), ended.output);
      }
      if (!json) console.out << ended.output;
    } else {
      code = wait_for_hosts(folder, submission, words, console);
      if (!json && fs::exists(folder / "result.txt"))
        console.out << read_file(folder / "result.txt");
    }
  }
  const campaign::Status after = status();
  console.out << (json ? to_text(report::to_json(after, submission, folder.string()))
                       : report::in_words(after, submission, folder.string()));
  if (submission.scheduler == Scheduler::slurm || options.has("dry-run") || after.merged)
    return code;
  return kIncomplete;
}

}  // namespace opline::cli
