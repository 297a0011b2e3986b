#include <fmt/ostream.h>

#include <ostream>

#include "src/base/error.h"
#include "src/base/utc_now.h"
#include "src/cli/options.h"
#include "src/cli/progress.h"
#include "src/cli/verb.h"
#include "src/report/merge_report.h"

namespace opline::cli {

int merge_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "merge",
      "Merge studies into one: the shards of a campaign, or studies of several machines. The "
      "first\n"
      "file receives what the others hold and is created if missing. What it holds already is not\n"
      "stored twice. Where two studies have different outcomes of a network under a setup, all of\n"
      "them are listed and nothing is changed. The digest that is printed is that of the content,\n"
      "without times and origins: studies with the same digest hold the same. With one file,\n"
      "nothing is merged and the digest of that study is printed.",
      "opline merge study.db shard1.db shard2.db shard3.db\n"
      "opline merge study.db --json");
  options.flag("json", "print JSON");
  options.positional("STUDY PART...", "the study, and what is merged into it");
  options.exits({static_cast<int>(ErrorCode::input), static_cast<int>(ErrorCode::io)});
  if (!options.parse(arguments, console)) return 0;
  const std::vector<std::string> files = options.positionals();
  if (files.empty()) options.fail("name the study, and the studies to be merged into it");
  store::Merged merged;
  if (files.size() == 1) {
    merged.content = store::Study::open(files[0], store::Mode::read_only).content();
  } else {
    Progress progress(console, "merging");
    merged = store::merge(
        files[0], {files.begin() + 1, files.end()}, utc_now(),
        [&](std::uint64_t done, std::uint64_t total) { progress.update(done, total); });
  }
  if (options.has("json")) {
    console.out << to_text(report::to_json(merged, files[0]));
  } else {
    (merged.refused ? console.err : console.out) << report::in_words(merged, files[0]);
  }
  if (!merged.refused) return 0;
  fmt::print(console.err,
             "opline: {}: nothing was merged: these outcomes differ; they were measured with "
             "different programs or boards under the same name\n",
             files[0]);
  return static_cast<int>(ErrorCode::input);
}

}  // namespace opline::cli
