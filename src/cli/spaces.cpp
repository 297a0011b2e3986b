#include <fmt/ostream.h>

#include <ostream>

#include "sampler/draw/space_view.h"
#include "src/base/error.h"
#include "src/cli/options.h"
#include "src/cli/space_check.h"
#include "src/cli/unreadable.h"

namespace opline::cli {
namespace {

Json summary(const sampler::SpaceView& view) {
  Json json = to_json(view);
  for (const char* detail : {"description", "input", "blocks", "decisions"}) json.erase(detail);
  return json;
}

}  // namespace

int spaces_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "spaces",
      "List the search spaces that come with opline, or show one: its backbone, decisions and "
      "size.\n"
      "A space is a TOML file (docs/formats/space.md); --show takes a path to your own, too. "
      "`check FILE` "
      "names every\n"
      "mistake in a file (exit code 4), or shows what is drawn from it and which boards that fits.",
      "opline spaces\nopline spaces --show kws\nopline spaces --show my_space.toml --json\nopline "
      "spaces "
      "check my_space.toml");
  options.value("show", "NAME", "name of a space, or path of a .toml file");
  options.flag("json", "print JSON");
  options.positional("[check FILE]", "`check` and the path of a space file");
  if (!options.parse(arguments, console)) return 0;

  if (const std::vector<std::string> words = options.positionals(); !words.empty()) {
    if (words.size() != 2 || words[0] != "check" || options.has("show") || options.has("json")) {
      options.fail("the only words that may stand here are `check FILE`, without an option");
    }
    return check_space_file(words[1], console);
  }

  if (const auto name = options.optional_text("show")) {
    const sampler::SpaceView view = sampler::view(sampler::load_space(*name));
    console.out << (options.has("json") ? to_text(sampler::to_json(view)) : sampler::to_text(view));
    return 0;
  }
  Json all = Json::array();
  const auto files = load_each<sampler::SpaceView>(
      sampler::space_names(),
      [](const std::string& name) { return sampler::view(sampler::load_space(name)); });
  for (const sampler::SpaceView& view : files.loaded) {
    all.push_back(summary(view));
    if (!options.has("json")) fmt::print(console.out, "{:<10} {}\n", view.name, view.title);
  }
  if (options.has("json")) console.out << to_text(all);
  return report_unreadable(files.unreadable, console);
}

}  // namespace opline::cli
