// The pages of docs/formats that describe what `fit`, `validate`, `compare` and `profile` write:
// every key that is written is documented, and every documented key is written.
//
// A page is read as a schema. A table with the columns `key` and `meaning` below a heading
// describes an object; a key may be a path (`f.statistic`), NAME stands for any key, and a link to
// another such heading, of this or another page, says what the value (or each element of a list)
// is. A link to study.md stands for a setup, whose fields are documented there.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <regex>
#include <sstream>

#include "src/base/json.h"
#include "tests/cli/program.h"

namespace opline::cli {
namespace {

struct Key {
  std::map<std::string, Key> members;  ///< By path in the same row.
  std::string shape;                   ///< "fit.md#test"; empty for none.
  bool open = false;                   ///< Any members.
  bool written = false;
};

std::string anchor_of(const std::string& heading) {
  std::string anchor;
  for (const char letter : heading) {
    if (letter == ' ') anchor += '-';
    if (std::isalnum(static_cast<unsigned char>(letter)) != 0)
      anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  return anchor;
}

class Schema {
 public:
  explicit Schema(const std::vector<std::string>& pages) {
    for (const std::string& page : pages) read(page);
  }

  /// `json` against the section; what is not documented goes to `undocumented()`.
  void expect(const std::string& section, const Json& json) {
    Key root;
    root.shape = section;
    check(root, json, section);
  }
  [[nodiscard]] const std::vector<std::string>& undocumented() const { return undocumented_; }
  [[nodiscard]] std::vector<std::string> never_written() const {
    std::vector<std::string> names;
    for (const auto& [section, key] : sections_) add_unwritten(section, key, names);
    return names;
  }

 private:
  void read(const std::string& page) {
    std::istringstream text(
        read_file(std::filesystem::path(OPLINE_SOURCE_DIR) / "docs" / "formats" / page));
    std::string section;
    bool table = false;
    for (std::string line; std::getline(text, line);) {
      std::smatch match;
      if (std::regex_match(line, match, std::regex("##+ (.*)"))) {
        section = page + "#" + anchor_of(match[1]);
      } else if (line == "| key | meaning |") {
        table = true;
      } else if (!line.starts_with("|")) {
        table = false;
      } else if (table && line.starts_with("| `")) {
        add_row(sections_[section], page, line);
      }
    }
  }

  static void add_row(Key& section, const std::string& page, const std::string& row) {
    const std::size_t bar = row.find(" | ");
    const std::string names = row.substr(0, bar);
    const std::string meaning = row.substr(bar);
    const std::regex name("`([^`]+)`");
    for (std::sregex_iterator at(names.begin(), names.end(), name), end; at != end; ++at) {
      Key* key = &section;
      std::istringstream path((*at)[1]);
      for (std::string part; std::getline(path, part, '.');) key = &key->members[part];
      std::smatch link;
      if (std::regex_search(
              meaning, link,
              std::regex("\\]\\(((fit|validation|comparison|profile)\\.md)?(#[a-z-]+)\\)")))
        key->shape = (link[1].matched ? link[1].str() : page) + link[3].str();
      key->open = meaning.find("(study.md)") != std::string::npos;
    }
  }

  /// The member of the key's own row, else of its shape.
  Key* member(Key& key, const std::string& name) {
    for (Key* from : {&key, key.shape.empty() ? nullptr : &sections_.at(key.shape)}) {
      if (from == nullptr) continue;
      for (const std::string& one : {name, std::string("NAME")}) {
        if (const auto found = from->members.find(one); found != from->members.end())
          return &found->second;
      }
    }
    return nullptr;
  }

  void check(Key& key, const Json& json, const std::string& path) {
    if (json.is_array()) {
      for (const Json& element : json) check(key, element, path);
    }
    if (!json.is_object() || key.open) return;
    for (const auto& [name, value] : json.items()) {
      const std::string at = fmt::format("{}.{}", path, name);
      Key* const found = member(key, name);
      if (found == nullptr) {
        undocumented_.push_back(at);
        continue;
      }
      found->written = true;
      check(*found, value, at);
    }
  }

  static void add_unwritten(const std::string& path, const Key& key,
                            std::vector<std::string>& names) {
    for (const auto& [name, member] : key.members) {
      if (!member.written) names.push_back(fmt::format("{} {}", path, name));
      add_unwritten(fmt::format("{} {}", path, name), member, names);
    }
  }

  std::map<std::string, Key> sections_;
  std::vector<std::string> undocumented_;
};

class FormatPages : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    // Three measurements of each of 40 networks, and two of one network.
    std::mt19937 random(7);
    std::string table = "name,ops,latency_ms,energy_mj,depth\n";
    for (int i = 0; i < 120; ++i) {
      const double latency =
          (3 + 0.01 * (i / 3)) * (1 + 1e-5 * static_cast<double>(random() % 999));
      table += fmt::format("net{},{},{},{},{}\n", i / 3, 1000 * (i / 3 + 1), latency,
                           latency * (1 + 1e-6 * static_cast<double>(random() % 999)), i / 3 % 7);
    }
    write("mine.csv", table);
    write("few.csv", table.substr(0, table.find("net1")));
    write("other.toml",
          read_file(std::filesystem::path(OPLINE_SOURCE_DIR) / "data/spaces/tiny.toml"));
    run_campaign({"--space", "tiny", "--boards", "nucleo-f446re,nucleo-f746zg"});
    run_campaign({"--space", "tiny", "--boards", "nucleo-f446re", "--prior", "uniform-networks"});
    run_campaign({"--space", "other.toml", "--boards", "nucleo-f446re"});
  }

  void run_campaign(std::vector<std::string> options) {
    options.insert(options.begin(), {"run", "--count", "40", "--db", "study.db"});
    const Result result = opline(options);
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }

  Json json_of(std::vector<std::string> arguments) {
    arguments.emplace_back("--json");
    const Result result = opline(arguments);
    EXPECT_FALSE(result.out.empty()) << result.err;
    return parse_json(result.out, arguments.front());
  }
};

TEST_F(FormatPages, NameEveryKeyThatIsWrittenAndNoOther) {
  Schema schema({"fit.md", "validation.md", "comparison.md", "calibration.md"});
  const std::vector<std::string> csv = {"--csv",  "mine.csv", "--latency", "latency_ms",
                                        "--name", "name",     "--energy",  "energy_mj"};
  const auto with = [](std::vector<std::string> first, const std::vector<std::string>& more) {
    first.insert(first.end(), more.begin(), more.end());
    return first;
  };
  for (const std::vector<std::string>& fit :
       {std::vector<std::string>{"fit", "--db", "study.db"},
        {"fit", "--db", "study.db", "--model", "ops-by-type"},
        {"fit", "--db", "study.db", "--model", "lookup"},
        with({"fit", "--errors", "classical"}, csv),
        with({"fit", "--of", "energy"}, csv),
        {"fit", "--csv", "few.csv", "--latency", "latency_ms"}})
    schema.expect("fit.md#file", json_of(fit));
  const std::vector<std::string> one = {"--db", "study.db", "--boards", "nucleo-f446re"};
  for (const std::vector<std::string>& validate :
       {with({"validate"}, one),
        with({"validate", "--together", "--space", "tiny"}, one),
        with({"validate", "--features", "depth"}, csv),
        with({"validate", "--of", "energy"}, csv),
        {"validate", "--csv", "few.csv", "--latency", "latency_ms"}})
    schema.expect("validation.md#file", json_of(validate));
  const std::string first = "study.db:space=tiny,boards=nucleo-f446re,prior=uniform-decisions";
  for (const char* second : {"study.db:space=tiny,boards=nucleo-f746zg",
                             "study.db:space=tiny,boards=nucleo-f446re,prior=uniform-networks",
                             "study.db:space=other,boards=nucleo-f446re"})
    schema.expect("comparison.md#file", json_of({"compare", first, second}));
  const Result raw = opline(with({"export", "--prior", "uniform-decisions", "--space", "tiny",
                                  "--format", "csv", "--out", "raw.csv"},
                                 one));
  ASSERT_EQ(raw.exit_code, 0) << raw.err;
  // Of two networks no trend can be told.
  const std::string table = read_file(folder_ / "raw.csv");
  std::size_t end = table.find("\nspace,") + 1;
  for (int line = 0; line < 3; ++line) end = table.find('\n', end) + 1;
  write("two.csv", table.substr(0, end));
  for (const auto& [measured, constants] :
       {std::pair("raw.csv", "1"), {"raw.csv", "2"}, {"two.csv", "1"}})
    schema.expect("calibration.md#file",
                  json_of({"calibrate", "--measured",
                           std::string(measured) + ":id=network,boards=nucleo-f446re",
                           "--simulated", first, "--constants", constants}));
  EXPECT_THAT(schema.undocumented(), testing::IsEmpty());
  EXPECT_THAT(schema.never_written(), testing::IsEmpty());
}

using ProfilePage = ProgramTest;

TEST_F(ProfilePage, NamesEveryKeyThatIsWrittenAndNoOther) {
  Schema schema({"profile.md"});
  const Result result = opline({"profile", "--space", "tiny", "--index", "0", "--board",
                                "nucleo-f746zg", "--details", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  schema.expect("profile.md#file", parse_json(result.out, "profile"));
  EXPECT_THAT(schema.undocumented(), testing::IsEmpty());
  EXPECT_THAT(schema.never_written(), testing::IsEmpty());
}

}  // namespace
}  // namespace opline::cli
