#include "src/base/toml.h"

#include <toml++/toml.h>

#include <algorithm>
#include <map>
#include <set>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/printable.h"

namespace opline {

struct TomlTable::Document {
  std::string name;
  toml::table root;
  std::map<const toml::table*, std::set<std::string, std::less<>>> asked;
};

struct TomlTable::Node {
  std::shared_ptr<Document> document;
  const toml::table* table;

  const toml::node* find(std::string_view key) const {
    document->asked[table].emplace(key);
    return table->get(key);
  }
};

namespace {

std::string place(const std::string& file, const toml::node& node) {
  return fmt::format("{}:{}", file, node.source().begin.line);
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

std::string remedy(std::string_view key, const std::set<std::string, std::less<>>& known) {
  std::string nearest;
  std::size_t best = 3;  // farther than this is another word, not a slip
  for (const std::string& candidate : known) {
    if (const std::size_t distance = edit_distance(key, candidate); distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  if (!nearest.empty()) return fmt::format("did you mean `{}`?", printable(nearest));
  if (known.empty()) return "write a value or a list here, no table";
  return fmt::format("known here: {}", fmt::join(known, ", "));
}

constexpr std::size_t kLongestFileName = 300;  // in messages
constexpr int kMostKeyParts = 32;

/// The place behind the string or comment that begins at `at`.
std::size_t end_of_quoted(std::string_view text, std::size_t at) {
  const char quote = text[at];
  if (quote == '#') return text.find('\n', at);
  const std::string three(3, quote);
  const bool lines = text.substr(at, 3) == three;
  for (at += lines ? 3 : 1; at < text.size(); ++at) {
    if (text[at] == '\\' && quote == '"') {
      ++at;
    } else if (lines ? text.substr(at, 3) == three : text[at] == quote || text[at] == '\n') {
      return at + (lines ? 3 : 1);
    }
  }
  return text.npos;
}

/// The parser makes a table for each part of a dotted key and takes tables in tables apart by
/// recursion, so that a key of 100,000 parts overflows the stack.
void require_short_keys(std::string_view text, const std::string& name) {
  int parts = 1;
  std::size_t line = 1;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"' || c == '\'' || c == '#') {
      const std::size_t end = std::min(end_of_quoted(text, at), text.size());
      line += static_cast<std::size_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(at),
                                                  text.begin() + static_cast<std::ptrdiff_t>(end),
                                                  '\n'));
      at = end;
      continue;
    }
    if (std::string_view("\n=,[]{}").find(c) != std::string_view::npos) parts = 1;
    line += c == '\n' ? 1 : 0;
    if (c == '.' && ++parts > kMostKeyParts) {
      throw Error(ErrorCode::input,
                  "{}:{}: a key has more than {} parts joined by dots; shorten it", name, line,
                  kMostKeyParts);
    }
    ++at;
  }
}

TomlKind kind_of(const toml::node* node) {
  if (node == nullptr) return TomlKind::absent;
  if (node->is_boolean()) return TomlKind::boolean;
  if (node->is_integer()) return TomlKind::integer;
  if (node->is_floating_point()) return TomlKind::number;
  if (node->is_string()) return TomlKind::text;
  if (node->is_array()) return TomlKind::list;
  return node->is_table() ? TomlKind::table : TomlKind::time;
}

}  // namespace

TomlTable::TomlTable(std::shared_ptr<Node> node) : node_(std::move(node)) {}

TomlTable TomlTable::from_file(const std::filesystem::path& path) {
  return from_text(read_file(path), path.string());
}

TomlTable TomlTable::from_text(std::string_view text, const std::string& name) {
  auto document = std::make_shared<Document>();
  document->name = printable(name, kLongestFileName);
  require_short_keys(text, document->name);
  try {
    document->root = toml::parse(text, name);
  } catch (const toml::parse_error& problem) {
    throw Error(ErrorCode::input, "{}:{}: not valid TOML: {}", document->name,
                problem.source().begin.line, printable(problem.description()));
  }
  const toml::table* root = &document->root;
  return TomlTable(std::make_shared<Node>(Node{std::move(document), root}));
}

bool TomlTable::has(std::string_view key) const { return node_->find(key) != nullptr; }

std::vector<std::string> TomlTable::keys() const {
  std::vector<std::string> names;
  for (const auto& [key, value] : *node_->table) names.emplace_back(key.str());
  return names;
}

TomlKind TomlTable::kind(std::string_view key) const { return kind_of(node_->find(key)); }

TomlKind TomlTable::item_kind(std::string_view key) const {
  const toml::node* node = node_->find(key);
  const toml::array* list = node != nullptr ? node->as_array() : nullptr;
  return list == nullptr || list->empty() ? TomlKind::absent : kind_of(list->get(0));
}

std::string TomlTable::where(std::string_view key) const {
  const toml::node* value = key.empty() ? nullptr : node_->table->get(key);
  return place(node_->document->name, value != nullptr ? *value : *node_->table);
}

void TomlTable::fail(std::string_view key, const std::string& message) const {
  if (key.empty()) throw Error(ErrorCode::input, "{}: {}", where(key), message);
  throw Error(ErrorCode::input, "{}: {}: {}", where(key), printable(key), message);
}

std::string TomlTable::text(std::string_view key) const {
  const toml::node* node = node_->find(key);
  if (node == nullptr) fail(key, "is missing; add it as a string");
  if (!node->is_string()) fail(key, "must be a string in quotes");
  return node->as_string()->get();
}

bool TomlTable::boolean(std::string_view key) const {
  const toml::node* node = node_->find(key);
  if (node == nullptr) fail(key, "is missing; add it as true or false");
  if (!node->is_boolean()) fail(key, "must be true or false");
  return node->as_boolean()->get();
}

std::int64_t TomlTable::integer(std::string_view key, std::int64_t min, std::int64_t max) const {
  const toml::node* node = node_->find(key);
  if (node == nullptr) fail(key, "is missing; add it as an integer");
  if (!node->is_integer()) fail(key, "must be an integer");
  const std::int64_t value = node->as_integer()->get();
  if (value < min || value > max)
    fail(key, min == max ? fmt::format("is {}; it must be {}", value, min)
                         : fmt::format("is {}; it must be from {} to {}", value, min, max));
  return value;
}

double TomlTable::number(std::string_view key, double min, double max) const {
  const toml::node* node = node_->find(key);
  if (node == nullptr) fail(key, "is missing; add it as a number");
  const std::optional<double> value = node->is_number() ? node->value<double>() : std::nullopt;
  if (!value) fail(key, "must be a number");
  if (!(*value >= min && *value <= max)) {
    fail(key, fmt::format("is {}; it must be from {} to {}", *value, min, max));
  }
  return *value;
}

std::vector<std::int64_t> TomlTable::integers(std::string_view key) const {
  const toml::node* node = node_->find(key);
  if (node == nullptr) fail(key, "is missing; add it as a list of integers");
  std::vector<std::int64_t> values;
  if (!node->is_array()) fail(key, "must be a list of integers");
  for (const toml::node& item : *node->as_array()) {
    if (!item.is_integer()) fail(key, "must be a list of integers");
    values.push_back(item.as_integer()->get());
  }
  return values;
}

std::vector<std::vector<std::int64_t>> TomlTable::lists_of_integers(std::string_view key) const {
  const toml::node* node = node_->find(key);
  if (node == nullptr) fail(key, "is missing; add it as a list of lists of integers");
  std::vector<std::vector<std::int64_t>> lists;
  const auto require = [&](bool holds) {
    if (!holds) fail(key, "must be a list of lists of integers");
  };
  require(node->is_array());
  for (const toml::node& item : *node->as_array()) {
    require(item.is_array());
    lists.emplace_back();
    for (const toml::node& value : *item.as_array()) {
      require(value.is_integer());
      lists.back().push_back(value.as_integer()->get());
    }
  }
  return lists;
}

std::vector<double> TomlTable::numbers(std::string_view key, double min, double max) const {
  const toml::node* node = node_->find(key);
  if (node == nullptr) fail(key, "is missing; add it as a list of numbers");
  std::vector<double> values;
  if (!node->is_array()) fail(key, "must be a list of numbers");
  for (const toml::node& item : *node->as_array()) {
    const std::optional<double> value = item.is_number() ? item.value<double>() : std::nullopt;
    if (!value) fail(key, "must be a list of numbers");
    if (!(*value >= min && *value <= max)) {
      fail(key, fmt::format("has {}; each must be from {} to {}", *value, min, max));
    }
    values.push_back(*value);
  }
  return values;
}

std::vector<std::string> TomlTable::texts(std::string_view key) const {
  const toml::node* node = node_->find(key);
  if (node == nullptr) fail(key, "is missing; add it as a list of strings");
  std::vector<std::string> values;
  if (!node->is_array()) fail(key, "must be a list of strings");
  for (const toml::node& item : *node->as_array()) {
    if (!item.is_string()) fail(key, "must be a list of strings");
    values.push_back(item.as_string()->get());
  }
  return values;
}

TomlTable TomlTable::table(std::string_view key) const {
  const toml::node* node = node_->find(key);
  if (node == nullptr) fail(key, "is missing; add it as a table");
  if (!node->is_table()) fail(key, "must be a table");
  return TomlTable(std::make_shared<Node>(Node{node_->document, node->as_table()}));
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) const {
  std::vector<TomlTable> list;
  const toml::node* node = node_->find(key);
  if (node == nullptr) return list;
  const auto refuse = [&] {
    fail(key,
         fmt::format("must be a list of tables: {0} = [{{ ... }}], or each headed [[{0}]]", key));
  };
  if (!node->is_array()) refuse();
  for (const toml::node& item : *node->as_array()) {
    if (!item.is_table()) refuse();
    list.push_back(TomlTable(std::make_shared<Node>(Node{node_->document, item.as_table()})));
  }
  return list;
}

void TomlTable::reject_unknown_keys() const {
  std::vector<std::string> mistakes;
  const auto look_into = [&](const toml::node& node) {
    if (!node.is_table()) return;
    try {
      TomlTable(std::make_shared<Node>(Node{node_->document, node.as_table()}))
          .reject_unknown_keys();
    } catch (const Error& error) {
      mistakes.emplace_back(error.what());
    }
  };
  const auto& known = node_->document->asked[node_->table];
  for (const auto& [name, value] : *node_->table) {
    if (!known.contains(name.str())) {
      mistakes.push_back(fmt::format("{}: {}: is not a key that belongs here; {}",
                                     where(name.str()), printable(name.str()),
                                     remedy(name.str(), known)));
      continue;
    }
    look_into(value);
    if (!value.is_array()) continue;
    for (const toml::node& item : *value.as_array()) look_into(item);
  }
  if (!mistakes.empty()) throw Error(ErrorCode::input, "{}", fmt::join(mistakes, "\n"));
}

}  // namespace opline
