#include "src/evaluation/table/network_names.h"

#include <gtest/gtest.h>

#include <map>

#include "src/base/error.h"
#include "src/base/random.h"

namespace opline::evaluation {
namespace {

TEST(NetworkNumbering, NumbersAreThoseOfAMap) {
  NetworkNumbering numbering;
  std::map<std::string, std::uint32_t> expected;
  for (std::uint64_t sample = 0; sample < 20000; ++sample) {
    RandomStream random(40, sample);
    const std::string name =
        random.below(50) == 0 ? "" : "net" + std::to_string(random.below(5000));
    const auto [entry, is_new] =
        expected.try_emplace(name, static_cast<std::uint32_t>(expected.size()));
    ASSERT_EQ(numbering.number(name), entry->second);
  }
  ASSERT_EQ(numbering.size(), expected.size());
  const NetworkNames names = numbering.take();
  for (const auto& [name, number] : expected) EXPECT_EQ(names[number], name);
  EXPECT_THROW((void)names[names.size()], Error);
}

}  // namespace
}  // namespace opline::evaluation
