// Fuzz target: whatever a device answers is an outcome that a study takes; only what it claims of
// itself may be refused.
#include <string>

#include "runners/device_session.h"
#include "tests/fuzz/fuzz_driver.h"

namespace opline::fuzz {
namespace {

/// Gives the lines of a text, whatever is sent; then silence.
class Recording : public runners::Transport {
 public:
  explicit Recording(std::string text) : text_(std::move(text)) {}

  void send(std::string_view) override {}
  runners::Received read_line(double) override {
    using Status = runners::Received::Status;
    if (at_ >= text_.size()) return {Status::timed_out, "silent"};
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    const std::string line = text_.substr(at_, end - at_);
    at_ = end + 1;
    if (line == "!") return {Status::crashed, "at pc 0x08001234"};
    return {Status::line, line};
  }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

std::string conversation(const std::string& setup, int commands, const std::string& report) {
  std::string text = setup + "m-ready\n";
  for (int i = 0; i < commands; ++i) text += "m-ready\n";
  return text + report + "m-ready\n";
}

measure::Request request_of(measure::Payload payload, measure::OutputCheck check) {
  measure::Request request;
  request.network = std::string(32, 'a');
  request.expected_digests = {0x11111111, 0x22222222};
  request.budget_cycles = 1000;
  request.timing_required = false;
  request.payload = payload;
  request.output_check = check;
  if (payload == measure::Payload::plan) {
    request.plan.assign(100, 7);
  } else {
    request.tensors.assign(100, 7);
    request.layer_of_operator = {0, 0, 1};
  }
  return request;
}

void measure(const std::string& text, const measure::Request& request) {
  Recording device(text);
  try {
    const measure::Outcome outcome = runners::DeviceSession(device).measure(request);
    require(!measure::fault(outcome), "an outcome is one that a study takes");
    require(outcome.reason.size() < 20'000, "a reason is not as long as a device likes");
    require(!outcome.measurement || outcome.measurement->cycles.value_or(0) <= INT64_MAX,
            "cycles fit a study");
  } catch (const Error& error) {
    if (error.code() != ErrorCode::device) throw;  // it executes another payload
  }
}

}  // namespace

Corpus corpus() {
  const std::string setup =
      "m-setup-[board=b]\nm-setup-[clock_hz=180000000]\nm-setup-[cycle_counter=1]\n"
      "m-setup-[plan_version=3]\nm-setup-[arena_bytes=1000]\nm-setup-[weight_pool_bytes=2000]\n"
      "m-setup-[channel_pool_bytes=480]\nm-setup-[tensors_bytes=1000]\n";
  const std::string report =
      "m-layer-[0,100,11111111]\nm-layer-[1,50,22222222]\nm-total-[160]\nm-output-[22222222]\n";
  const std::string operators =
      "m-layer-[0,100,]\nm-layer-[1,50,11111111]\nm-layer-[2,7,22222222]\nm-total-[160]\n"
      "m-output-[22222222]\n";
  return {
      .seeds =
          {conversation(setup, 5, report),
           conversation(
               setup, 5,
               "m-layer-[0,,11111111]\nm-layer-[1,,22222222]\nm-total-[]\nm-output-[22222222]\n"),
           conversation(setup + "m-setup-[payload=tflite]\n", 2, operators)},
      .fragments = {"m-ready\n", "e-[trouble]\n", "!\n", "m-does-not-fit-[arena]\n", "m-layer-[",
                    "m-total-[18446744073709551615]\n", "m-total-[9223372036854775808]\n",
                    "m-total-[0]\n", "[", "]", ",", "18446744073709551615", "0", "\x1b[2J",
                    "m-setup-[payload=tflite]\n", "\xff"},
      .binary = true};
}

}  // namespace opline::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opline;
  const std::string text(reinterpret_cast<const char*>(data), size);
  fuzz::measure(text, fuzz::request_of(measure::Payload::plan, measure::OutputCheck::final));
  fuzz::measure(text, fuzz::request_of(measure::Payload::tflite, measure::OutputCheck::final));
  fuzz::measure(text, fuzz::request_of(measure::Payload::tflite, measure::OutputCheck::none));
  return 0;
}
