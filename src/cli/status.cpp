#include <ostream>

#include "src/base/error.h"
#include "src/cli/exit_code.h"
#include "src/cli/options.h"
#include "src/cli/schedulers.h"
#include "src/report/submission_report.h"

namespace opline::cli {

int status_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "status",
      "How a campaign stands that opline submit handed to a cluster or to hosts: shards done,\n"
      "running, waiting, stopped (interrupted, or lost with their machine) and failed, outcomes\n"
      "copied back so far, time left, and what to do.",
      "opline status /shared/kws\n"
      "opline status /shared/kws --json");
  options.flag("json", "print JSON");
  options.positional("DIR", "the folder of the submission");
  options.exits({static_cast<int>(ErrorCode::input), static_cast<int>(ErrorCode::io), kUnderWay,
                 kIncomplete});
  if (!options.parse(arguments, console)) return 0;
  const std::vector<std::string> folders = options.positionals();
  if (folders.size() != 1) options.fail("name the folder of one submission");
  const campaign::Submission submission = campaign::read_submission(folders[0]);
  const campaign::Status status =
      campaign::read_status(folders[0], submission, ask_scheduler(folders[0], submission));
  console.out << (options.has("json") ? to_text(report::to_json(status, submission, folders[0]))
                                      : report::in_words(status, submission, folders[0]));
  if (status.merged) return 0;
  const bool all_done = status.count(campaign::ShardState::done) == status.shards.size();
  const bool under_way = status.missing().empty() && (!all_done || status.merge_queued);
  return under_way ? kUnderWay : kIncomplete;
}

}  // namespace opline::cli
