// The pulses that mark a measured run for a power meter lie outside of what the counter measures.
#include <gtest/gtest.h>

#include "tests/runners/loaded_network.h"

namespace opline::runners {
namespace {

TEST(TriggerPulses, ChangeNoCycle) {
  const measure::Request request = opline::testing::request_for("kws-s");
  for (const char* const name : {"nucleo-f446re", "nucleo-f746zg"}) {
    simulator::Machine machine = opline::testing::machine_with_image(name, false);
    opline::testing::MachineTransport transport(machine);
    DeviceSession session(transport);
    const measure::Outcome level = session.measure(request);
    session.set_trigger(true);
    const measure::Outcome pulse = session.measure(request);
    ASSERT_TRUE(level.measurement && pulse.measurement) << level.reason << pulse.reason;
    EXPECT_EQ(pulse.measurement->layer_cycles, level.measurement->layer_cycles) << name;
    EXPECT_EQ(pulse.measurement->cycles, level.measurement->cycles) << name;
  }
}

}  // namespace
}  // namespace opline::runners
