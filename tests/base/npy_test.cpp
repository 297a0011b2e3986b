#include "src/base/npy.h"

#include <gmock/gmock.h>

#include "src/base/error.h"
#include "src/base/random.h"
#include "tests/error_message.h"

namespace opline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// As numpy.save() writes it, with this header.
std::string file_with(const std::string& header, const std::string& values) {
  std::string bytes("\x93NUMPY\x01\0", 8);
  bytes += static_cast<char>(header.size());
  bytes += '\0';
  return bytes + header + values;
}

std::string refusal(const std::string& bytes) {
  return message_of([&] { (void)read_npy(bytes, "x.npy"); });
}

constexpr const char* kPlain = "{'descr': '|i1', 'fortran_order': False, 'shape': (2, 1), }\n";

// Bytes of numpy.save(f, numpy.array([[1], [-2]], dtype=numpy.int8)), NumPy 1.24.
TEST(Npy, IsWrittenAsNumpyWritesIt) {
  std::string expected("\x93NUMPY\x01\0\x76\0", 10);
  expected += "{'descr': '|i1', 'fortran_order': False, 'shape': (2, 1), }";
  expected.append(127 - expected.size(), ' ');
  expected += "\n\x01\xfe";
  const std::vector<std::int8_t> values = {1, -2};
  EXPECT_EQ(write_npy(values, {2, 1}), expected);
  EXPECT_THAT(write_npy(values, {2}), HasSubstr("'shape': (2,), }"));
}

TEST(Npy, RoundTrip) {
  for (const std::vector<std::uint64_t>& shape :
       std::vector<std::vector<std::uint64_t>>{{6}, {1, 6}, {2, 1, 3}, {1, 2, 3, 1}}) {
    const std::vector<std::int8_t> values = {-128, 127, 0, 1, 2, 3};
    const NpyArray read = read_npy(write_npy(values, shape), "x.npy");
    EXPECT_EQ(read.shape, shape);
    EXPECT_EQ(std::get<std::vector<std::int8_t>>(read.values), values);
  }
}

TEST(Npy, Float32AndOtherVersions) {
  const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n";
  const std::string half("\0\0\0\x3f", 4);
  EXPECT_THAT(std::get<std::vector<float>>(read_npy(file_with(header, half), "x.npy").values),
              ElementsAre(0.5F));
  std::string second = file_with(header, half);
  second[6] = 2;
  second.insert(10, 2, '\0');  // the length of the header has four bytes
  EXPECT_THAT(std::get<std::vector<float>>(read_npy(second, "x.npy").values), ElementsAre(0.5F));
}

TEST(Npy, RefusesWhatItCannotTake) {
  EXPECT_THAT(refusal("nothing"), HasSubstr("x.npy: is not a .npy file"));
  EXPECT_THAT(refusal(file_with(kPlain, "abc")),
              HasSubstr("has 3 B of values; its shape needs 2 values of 1 B"));
  EXPECT_THAT(refusal(file_with("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }", "")),
              HasSubstr("has values of type '<f8'; int8 (|i1) and float32 (<f4) are supported"));
  EXPECT_THAT(refusal(file_with("{'descr': '|i1', 'fortran_order': True, 'shape': (2, 1), }", "")),
              HasSubstr("is in Fortran order"));
  EXPECT_THAT(refusal(file_with("{'descr': '|i1', 'shape': (2, 1), }", "")),
              HasSubstr("has a header without"));
  EXPECT_THAT(refusal(file_with("{'descr': '|i1', 'fortran_order': False, 'shape': (4294967296, "
                                "4294967296, 2), }",
                                "")),
              HasSubstr("more than 2^64"));
  EXPECT_THAT(refusal(std::string("\x93NUMPY\x09\0", 8)), HasSubstr("version 1 to 3"));
  EXPECT_THAT(refusal(file_with(kPlain, "ab").substr(0, 30)), HasSubstr("ends within its header"));
}

TEST(Npy, MutatedFilesAreReadOrRefused) {
  const std::string whole = file_with(kPlain, "ab");
  int read = 0;
  for (std::uint64_t i = 0; i < 20000; ++i) {
    RandomStream random(5, i);
    std::string bytes = whole.substr(0, random.below(8) == 0 ? random.below(70) : whole.size());
    for (std::uint32_t changes = 1 + random.below(3); changes > 0 && !bytes.empty(); --changes)
      bytes[random.below(static_cast<std::uint32_t>(bytes.size()))] =
          static_cast<char>(random.next());
    try {
      const NpyArray array = read_npy(bytes, "x.npy");
      ++read;
    } catch (const Error& error) {
      ASSERT_EQ(error.code(), ErrorCode::input);
    }
  }
  EXPECT_GT(read, 100);
}

}  // namespace
}  // namespace opline
