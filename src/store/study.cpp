#include "src/store/study.h"

#include "src/base/digest.h"
#include "src/base/error.h"
#include "src/base/version.h"
#include "src/store/study_impl.h"

namespace opline::store {
namespace {

std::int64_t require_key(Connection& connection, const char* sql, const std::string& id,
                         std::string_view what) {
  Query find = connection.query(sql);
  if (find.with(id).next()) return find.integer(0);
  throw Error(ErrorCode::input, "{}: has no {} {}; add it first", connection.path().string(), what,
              id);
}

std::string meta(Connection& connection, std::string_view key) {
  return connection.read([&] {
    Query find = connection.query("SELECT value FROM study WHERE key = ?");
    if (!find.with(key).next()) {
      throw Error(ErrorCode::damaged, "{}: the study is damaged (no `{}`); go back to a copy of it",
                  connection.path().string(), key);
    }
    return find.text(0);
  });
}

}  // namespace

std::int64_t Study::Impl::network_key(const std::string& id) {
  return require_key(connection, "SELECT key FROM networks WHERE id = ?", id, "network");
}

std::int64_t Study::Impl::setup_key(const std::string& id) {
  return require_key(connection, "SELECT key FROM setups WHERE id = ?", id, "setup");
}

std::optional<std::int64_t> Study::Impl::find_setup(const std::string& id) {
  Query find = connection.query("SELECT key FROM setups WHERE id = ?");
  return find.with(id).next() ? std::optional(find.integer(0)) : std::nullopt;
}

void Study::Impl::require_campaign(CampaignKey campaign) {
  Query find = connection.query("SELECT 1 FROM campaigns WHERE key = ?");
  if (find.with(campaign).next()) return;
  throw Error(ErrorCode::input, "{}: has no campaign {}", connection.path().string(), campaign);
}

Study::Study(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Study::Study(Study&&) noexcept = default;
Study& Study::operator=(Study&&) noexcept = default;
Study::~Study() = default;

Study Study::open(const std::filesystem::path& path, Mode mode, std::string_view now,
                  std::chrono::milliseconds busy_timeout) {
  return Study(std::make_unique<Impl>(path, mode, now, busy_timeout));
}

const std::filesystem::path& Study::path() const { return impl_->connection.path(); }
std::string Study::created_by() const { return meta(impl_->connection, "created_by"); }
std::string Study::created_at() const { return meta(impl_->connection, "created_at"); }

void Study::transact(const std::function<void()>& work) { impl_->connection.write(work); }

std::string Study::add_space(const std::string& name, const std::string& text,
                             const std::string& meaning) {
  if (name.empty() || text.empty())
    throw Error(ErrorCode::input, "a space needs a name and a text");
  std::string id = digest(meaning.empty() ? text : meaning);
  impl_->connection.write([&] {
    Query find = impl_->connection.query("SELECT name FROM spaces WHERE id = ?");
    if (!find.with(id).next()) {
      impl_->connection.query("INSERT INTO spaces (id, name, text) VALUES (?, ?, ?)")
          .with(id, name, text)
          .run();
    } else if (find.text(0) != name) {
      throw Error(ErrorCode::input, "{}: has the space `{}` under the name `{}`; use that name",
                  path().string(), name, find.text(0));
    }
  });
  return id;
}

std::string Study::add_setup(const measure::Setup& setup) {
  const std::string text = setup.canonical_text();
  std::string id = setup.id();
  impl_->connection.write([&] {
    if (setup.clock_hz && *setup.clock_hz > 1'000'000'000'000) {
      throw Error(ErrorCode::input, "setup: a clock of {} Hz; give it in hertz", *setup.clock_hz);
    }
    impl_->connection
        .query("INSERT INTO setups (id, json) VALUES (?, ?) ON CONFLICT (id) DO NOTHING")
        .with(id, text)
        .run();
  });
  return id;
}

std::string Study::save_fit(const NewFit& fit, std::string_view now) {
  require_time(now);
  if (!Json::accept(fit.selection) || !Json::accept(fit.text) || fit.format.empty() ||
      fit.format_version < 1) {
    throw Error(ErrorCode::input,
                "a fit needs a selection and a text in JSON, a format and its version");
  }
  const Json identity{fit.selection, json_or_null(fit.setup), fit.format, fit.format_version,
                      fit.text};
  std::string id = digest(identity.dump());
  impl_->connection.write([&] {
    std::optional<std::int64_t> setup;
    if (fit.setup) setup = impl_->setup_key(*fit.setup);
    impl_->connection
        .query(
            "INSERT INTO fits (id, selection, setup, format, format_version, text, created_at, "
            "opline_version) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING")
        .with(id, fit.selection, setup, fit.format, fit.format_version, fit.text, now, version())
        .run();
  });
  return id;
}

std::vector<std::string> Study::check() {
  return impl_->connection.read([&] {
    std::vector<std::string> problems;
    Query integrity = impl_->connection.query("PRAGMA integrity_check");
    integrity.with();
    while (integrity.next()) {
      if (integrity.text(0) != "ok") problems.push_back(integrity.text(0));
    }
    Query orphans = impl_->connection.query("PRAGMA foreign_key_check");
    orphans.with();
    while (orphans.next()) {
      problems.push_back(fmt::format("a row of {} refers to a row of {} that is not there",
                                     orphans.text(0), orphans.text(2)));
    }
    Query layers = impl_->connection.query(
        "SELECT n.id, count(*), n.layer_count FROM networks n JOIN outcomes o ON o.network = n.key "
        "JOIN layer_results r ON r.outcome = o.key GROUP BY o.key HAVING count(*) <> "
        "n.layer_count");
    layers.with();
    while (layers.next()) {
      problems.push_back(fmt::format("network {} has results of {} layers out of {}",
                                     layers.text(0), layers.integer(1), layers.integer(2)));
    }
    return problems;
  });
}

}  // namespace opline::store
