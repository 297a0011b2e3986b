// Fuzz target: an ELF file is refused with its name, or is an image with segments whose addresses
// can be described.
#include <string>

#include "runners/simulator/machine/elf_image.h"
#include "tests/fuzz/fuzz_driver.h"
#include "tests/simulator/elf_builder.h"

namespace opline::fuzz {

Corpus corpus() {
  const std::string small = simulator::testing::build_elf(
      {{0x08000000, std::string(64, 0x42)}, {0x20000000, "data"}},
      {{"main", 0x08000001}, {"opline_stack_limit", 0x20000000}, {"helper", 0x08000021}},
      0x08000001);
  return {.seeds = {small, simulator::testing::build_elf({{0x08000000, "x"}})},
          .fragments = {"\x7F"
                        "ELF",
                        std::string("\x01\0\0\0", 4), std::string("\x02\0\0\0", 4),
                        std::string("\xff\xff\xff\xff", 4), std::string("\0\0\0\x08", 4),
                        "opline_tensors_start", std::string("\x12\0\x01\0", 4)},
          .binary = true};
}

}  // namespace opline::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opline;
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    const auto image = simulator::ElfImage::from_bytes(text, "input.elf");
    fuzz::require(!image->segments().empty(), "an image has segments");
    std::size_t loaded = 0;
    for (const simulator::Segment& segment : image->segments()) {
      loaded += segment.bytes.size();
      fuzz::require(!image->describe(segment.address).empty(), "an address is described");
    }
    fuzz::require(loaded <= size, "an image loads no more than the file has");
    (void)image->symbol("opline_stack_limit");
  } catch (const Error& error) {
    fuzz::expect_refusal(error, "input.elf: ");
  }
  return 0;
}
