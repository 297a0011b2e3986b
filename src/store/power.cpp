// Study: the power that energy is modelled with.
#include "src/store/study_impl.h"

namespace opline::store {

void Study::set_modelled_power(const std::string& setup, const ModelledPower& power) {
  impl_->connection.write([&] {
    impl_->connection
        .query(
            "INSERT INTO modelled_power (setup, watts, source) VALUES (?, ?, ?) ON CONFLICT "
            "(setup) DO UPDATE SET watts = excluded.watts, source = excluded.source")
        .with(impl_->setup_key(setup), power.watts, power.source)
        .run();
  });
}

std::optional<ModelledPower> Study::modelled_power(const std::string& setup) {
  return impl_->connection.read([&]() -> std::optional<ModelledPower> {
    const std::optional<std::int64_t> key = impl_->find_setup(setup);
    if (!key) return std::nullopt;
    Statement row =
        impl_->connection.query("SELECT setup, watts, source FROM modelled_power WHERE setup = ?");
    row.with(*key);
    if (!row.next()) return std::nullopt;
    return ModelledPower{row.positive_number(1), row.text(2)};
  });
}

}  // namespace opline::store
