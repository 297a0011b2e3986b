// The data of a page: what is put in comes out, and 20,000 networks stay small.
#include "src/report/html/page_data.h"

#include <gmock/gmock.h>

#include <cstring>

#include "src/report/html/network_dictionary.h"
#include "src/report/html/typed_column.h"
#include "tests/evaluation/planted_series.h"

namespace opline::report::html {
namespace {

using testing::ElementsAre;

std::string bytes_of(const std::string& text) {
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = bits << 6 | static_cast<std::uint32_t>(digits.find(c));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xFF);
  }
  return bytes;
}

template <typename T>
std::vector<double> read_as(const std::string& bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  return {values.begin(), values.end()};
}

/// The numbers of a column, as a browser reads them.
std::vector<double> read(const Json& column) {
  const std::string bytes = bytes_of(column.at("base64"));
  if (column.at("type") == "u8") return read_as<std::uint8_t>(bytes);
  if (column.at("type") == "u16") return read_as<std::uint16_t>(bytes);
  if (column.at("type") == "u32") return read_as<std::uint32_t>(bytes);
  return read_as<double>(bytes);
}

// RFC 4648, section 10.
TEST(TypedColumn, Base64IsThatOfTheStandard) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(TypedColumn, IsAsSmallAsItsLargestValueAllows) {
  const std::vector<std::pair<std::uint64_t, std::string>> cases = {
      {255, "u8"}, {256, "u16"}, {65536, "u32"}, {1ULL << 32, "f64"}};
  for (const auto& [value, type] : cases) {
    const Json column = typed_column(std::vector<std::uint64_t>{0, value, 7});
    EXPECT_EQ(column.at("type"), type);
    EXPECT_THAT(read(column), ElementsAre(0, static_cast<double>(value), 7));
  }
  EXPECT_THAT(read(typed_column(std::vector<double>{0.1, -2.5e-9})), ElementsAre(0.1, -2.5e-9));
  EXPECT_THAT(read(typed_column(std::vector<double>{})), ElementsAre());
}

store::MeasuredLayer layer(int channels, std::uint64_t cycles) {
  store::MeasuredLayer one;
  one.record.layer = {
      network::LayerType::conv2d, {}, {3, 3, 2, 1}, {}, {8, 8, 3}, {4, 8, channels}};
  one.record.macs = 864;
  one.cycles = cycles;
  return one;
}

TEST(NetworkDictionary, SharesLayersAndWords) {
  NetworkDictionary networks;
  evaluation::Row row;
  row.network = "1";
  row.name = "a=1  b=2";
  row.ops = 10;
  EXPECT_EQ(networks.add(row, {"1", {layer(4, 100), layer(4, 100), layer(8, 120)}}), 0U);
  row.network = "2";
  row.name = "b=2";
  EXPECT_EQ(networks.add(row, {"2", {layer(8, 1)}}), 1U);
  EXPECT_EQ(networks.add(row, {}), 1U);
  const Json json = networks.json();
  EXPECT_EQ(json["words"], Json({"a=1", "", "b=2"}));
  EXPECT_THAT(read(json["word_counts"]), ElementsAre(3, 1));
  EXPECT_THAT(read(json["name_words"]), ElementsAre(0, 1, 2, 2));
  EXPECT_THAT(read(json["layers"]), ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(read(json["layer_counts"]), ElementsAre(3, 1));
  EXPECT_EQ(json["signatures"][0], Json({"conv2d", "8x8x3", "4x8x4", "3x3", "2x1", "same", "none",
                                         864, nullptr, nullptr}));
}

// Rows of a table have no id; all of them were taken for one network.
TEST(NetworkDictionary, RowsWithoutAnIdAreNetworksOfTheirOwn) {
  NetworkDictionary networks;
  evaluation::Row row;
  row.ops = 10;
  row.name = "a";
  EXPECT_EQ(networks.add(row, {}), 0U);
  row.name = "b";
  EXPECT_EQ(networks.add(row, {}), 1U);
  EXPECT_EQ(networks.json()["words"], Json({"a", "b"}));
}

TEST(PageData, HasEveryPointAndTheLine) {
  const evaluation::Series series = evaluation::planted_series(40, 10);
  const Json data = page_data({evaluation::fit_series(series)});
  EXPECT_EQ(data["format"], "opline-report");
  const Json& one = data["series"][0];
  const std::vector<double> seconds = read(one["seconds"]);
  ASSERT_EQ(seconds.size(), 40U);
  EXPECT_EQ(seconds[7], *series.rows[7].seconds);
  EXPECT_EQ(read(data["networks"]["ops"])[39], 40e6);
  EXPECT_NEAR(one["line"]["slope"].get<double>(), 10e-9, 1e-10);
  const Json& first = one["line"]["curve"][0];
  EXPECT_LT(first[2].get<double>(), first[1].get<double>());
  EXPECT_LT(first[1].get<double>(), first[3].get<double>());
  EXPECT_TRUE(one["cycles"].is_null()) << "no layers are known";
}

TEST(PageData, AWholeEnumerationHasNoInterval) {
  evaluation::Series series = evaluation::planted_series(40, 10);
  series.covers_whole_space = true;
  const Json data = page_data({evaluation::fit_series(series)});
  EXPECT_TRUE(data["series"][0]["line"]["curve"][0][2].is_null());
}

}  // namespace
}  // namespace opline::report::html
