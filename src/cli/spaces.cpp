#include <ostream>

#include "sampler/draw/space_view.h"
#include "src/base/error.h"
#include "src/cli/options.h"
#include "src/cli/space_check.h"
#include "src/cli/unreadable.h"
#include "src/report/space_report.h"

namespace opline::cli {
namespace {

Json summary(const sampler::SpaceView& view) {
  Json json = to_json(view);
  for (const char* detail : {"description", "input", "blocks", "decisions", "structure"})
    json.erase(detail);
  return json;
}

}  // namespace

int spaces_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "spaces",
      "List the search spaces that come with opline, or show one: its backbone, decisions and "
      "size.\n"
      "A space is a TOML file (docs/formats/space.md); --show also takes the path of your own.\n"
      "`opline spaces check FILE` lists every mistake in a space file, or prints samples from it "
      "and\n"
      "the boards they fit.",
      "opline spaces\n"
      "opline spaces --show kws\n"
      "opline spaces --show my_space.toml --json\n"
      "opline spaces check my_space.toml");
  options.value("show", "NAME", "the name of a space, or the path of a .toml file");
  options.completes("show", Names::spaces);
  options.flag("json", "print JSON");
  options.positional("[check FILE]", "`check` and the path of a space file");
  options.completes("[check FILE]", {"check"});
  options.exits({static_cast<int>(ErrorCode::input), static_cast<int>(ErrorCode::io)});
  if (!options.parse(arguments, console)) return 0;

  if (const std::vector<std::string> words = options.positionals(); !words.empty()) {
    if (words.size() != 2 || words[0] != "check" || options.has("show"))
      options.fail("usage: opline spaces check FILE");
    return check_space_file(words[1], options.has("json"), console);
  }

  if (const auto name = options.optional_text("show")) {
    const sampler::SpaceView view = sampler::view(sampler::load_space(*name));
    console.out << (options.has("json") ? to_text(sampler::to_json(view)) : report::in_words(view));
    return 0;
  }
  Json all = Json::array();
  const auto files = load_each<sampler::SpaceView>(
      sampler::space_names(),
      [](const std::string& name) { return sampler::view(sampler::load_space(name)); });
  for (const sampler::SpaceView& view : files.loaded) {
    all.push_back(summary(view));
    if (!options.has("json")) console.out << report::in_one_line(view);
  }
  if (options.has("json")) console.out << to_text(all);
  return report_unreadable(files.unreadable, console);
}

}  // namespace opline::cli
