#include "src/store/study.h"

#include "src/base/digest.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/version.h"
#include "src/store/study_impl.h"

namespace opline::store {
namespace {

std::int64_t require_key(Connection& connection, const char* sql, const std::string& id,
                         std::string_view what) {
  Statement find = connection.query(sql);
  if (find.with(id).next()) return find.integer(0);
  throw Error(ErrorCode::input, "{}: has no {} {}; add it first", connection.path().string(), what,
              id);
}

std::string meta(Connection& connection, std::string_view key) {
  return connection.read([&] {
    Statement find = connection.query("SELECT value FROM study WHERE key = ?");
    if (!find.with(key).next()) {
      throw Error(ErrorCode::damaged, "{}: the study is damaged (no `{}`); go back to a copy of it",
                  connection.path().string(), key);
    }
    return find.text(0);
  });
}

bool is_count(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos && text[0] != '0';
}

std::string id_of(const NewFit& fit) {
  if (!Json::accept(fit.selection) || !Json::accept(fit.text) || fit.format.empty() ||
      fit.format_version < 1) {
    throw Error(ErrorCode::input,
                "a fit needs a selection and a text in JSON, a format and its version");
  }
  const Json identity{fit.selection, json_or_null(fit.setup), fit.format, fit.format_version,
                      fit.text};
  return digest(identity.dump());
}

}  // namespace

std::int64_t Study::Impl::network_key(const std::string& id) {
  return require_key(connection, "SELECT key FROM networks WHERE id = ?", id, "network");
}

std::int64_t Study::Impl::setup_key(const std::string& id) {
  return require_key(connection, "SELECT key FROM setups WHERE id = ?", id, "setup");
}

std::optional<std::int64_t> Study::Impl::find_setup(const std::string& id) {
  Statement find = connection.query("SELECT key FROM setups WHERE id = ?");
  return find.with(id).next() ? std::optional(find.integer(0)) : std::nullopt;
}

void Study::Impl::require_campaign(CampaignKey campaign) {
  Statement find = connection.query("SELECT 1 FROM campaigns WHERE key = ?");
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

std::optional<std::string> Study::created_on() const {
  return impl_->connection.read([&]() -> std::optional<std::string> {
    Statement row =
        impl_->connection.query("SELECT key, value FROM study WHERE key = 'created_on'");
    return row.with().next() ? std::optional(row.text(1)) : std::nullopt;
  });
}

void Study::require_in_place() {
  if (impl_->connection.is_in_place()) return;
  throw Error(ErrorCode::io,
              "{}: the study was deleted, moved or replaced by another file while it was in use, "
              "so that its results are not in this file; move it back if it was moved, then "
              "repeat the command",
              path().string());
}

void Study::transact(const std::function<void()>& work) { impl_->connection.write(work); }

std::string Study::add_space(const std::string& name, const std::string& text,
                             const std::string& meaning,
                             const std::optional<std::string>& networks) {
  if (name.empty() || text.empty())
    throw Error(ErrorCode::input, "a space needs a name and a text");
  if (networks && !is_count(*networks))
    throw Error(ErrorCode::input, "a space of {} networks; give a decimal number", *networks);
  std::string id = digest(meaning.empty() ? text : meaning);
  impl_->connection.write([&] { impl_->put_space({id, name, text, networks}); });
  return id;
}

void Study::Impl::put_space(const SpaceRow& space) {
  Statement find = connection.query("SELECT id, name, networks FROM spaces WHERE id = ?");
  if (!find.with(space.id).next()) {
    connection.query("INSERT INTO spaces (id, name, text, networks) VALUES (?, ?, ?, ?)")
        .with(space.id, space.name, space.text, space.networks)
        .run();
    return;
  }
  const std::string file = connection.path().string();
  if (find.text(1) != space.name) {
    throw Error(ErrorCode::input, "{}: has the space `{}` under the name `{}`; use that name", file,
                printable(space.name), printable(find.text(1)));
  }
  connection.query("UPDATE spaces SET networks = ?2 WHERE id = ?1 AND networks IS NULL")
      .with(space.id, space.networks)
      .run();
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
  std::string id = id_of(fit);
  impl_->connection.write([&] {
    std::optional<std::int64_t> setup;
    if (fit.setup) setup = impl_->setup_key(*fit.setup);
    impl_->connection
        .query(
            "INSERT INTO fits (id, selection, setup, format, format_version, text, created_at, "
            "opline_version) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING")
        .with(id, fit.selection, setup, fit.format, fit.format_version, fit.text, now, version())
        .run();
  });
  return id;
}

SavedFit Study::try_save_fit(const NewFit& fit, std::string_view now) {
  constexpr std::chrono::milliseconds kAMoment{500};
  const std::string id = id_of(fit);
  try {
    const Connection::BusyTimeout brief(impl_->connection, kAMoment);
    return {save_fit(fit, now), ""};
  } catch (const Error& error) {
    if (error.code() == ErrorCode::usage) return {id, path().string() + ": it is read-only"};
    if (error.code() == ErrorCode::io) return {id, error.what()};
    throw;
  }
}

std::vector<std::string> Study::check() {
  return impl_->connection.read([&] {
    std::vector<std::string> problems;
    Statement integrity = impl_->connection.query("PRAGMA integrity_check");
    integrity.with();
    while (integrity.next()) {
      if (integrity.text(0) != "ok") problems.push_back(integrity.text(0));
    }
    Statement orphans = impl_->connection.query("PRAGMA foreign_key_check");
    orphans.with();
    while (orphans.next()) {
      problems.push_back(fmt::format("a row of {} refers to a row of {} that does not exist",
                                     orphans.text(0), orphans.text(2)));
    }
    Statement layers = impl_->connection.query(
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
