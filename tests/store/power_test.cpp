// Modelled energy: a view on latency, kept apart from what was measured.
#include "tests/store/fixture.h"

namespace opline::store {
namespace {

class Power : public StoreTest {};

TEST_F(Power, IsUnknownUntilSetAndTheLastFigureCounts) {
  Study study = create();
  const std::string setup = study.add_setup(make_setup());
  EXPECT_EQ(study.modelled_power(setup), std::nullopt);
  EXPECT_EQ(study.modelled_power(std::string(32, '0')), std::nullopt);
  study.set_modelled_power(setup, {0.25, "data sheet"});
  study.set_modelled_power(setup, {0.5, "given by the user"});
  EXPECT_EQ(study.modelled_power(setup), (ModelledPower{0.5, "given by the user"}));
  EXPECT_EQ(Study::open(file(), Mode::read_only).modelled_power(setup)->watts, 0.5);
}

TEST_F(Power, ZeroAndUnsourcedFiguresAreRefused) {
  Study study = create();
  const std::string setup = study.add_setup(make_setup());
  EXPECT_THROW(study.set_modelled_power(setup, {0, "x"}), Error);
  EXPECT_THROW(study.set_modelled_power(setup, {-1, "x"}), Error);
  EXPECT_THROW(study.set_modelled_power(setup, {1, ""}), Error);
  EXPECT_THROW(study.set_modelled_power(std::string(32, '0'), {1, "x"}), Error);
  EXPECT_EQ(study.modelled_power(setup), std::nullopt);
}

}  // namespace
}  // namespace opline::store
