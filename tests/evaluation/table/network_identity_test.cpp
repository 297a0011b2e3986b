// Ids and .tflite files in a table.
#include "src/evaluation/table/network_identity.h"

#include <gmock/gmock.h>

#include "src/base/digest.h"
#include "src/base/files.h"
#include "src/evaluation/table/measured_table.h"
#include "src/evaluation/table_series.h"
#include "tests/error_message.h"

namespace opline::evaluation {
namespace {

using testing::HasSubstr;

constexpr const char* kId = "0123456789abcdef0123456789abcdef";

TEST(NetworkIdentityTest, AnIdIsThirtyTwoDigitsInAnyCase) {
  EXPECT_EQ(*parse_network_id("0123456789ABCDEF0123456789abcdef"), kId);
  EXPECT_THAT(parse_network_id("kws-s").reason(), HasSubstr("32 hexadecimal digits"));
  EXPECT_FALSE(parse_network_id(std::string(33, 'a')));
}

TEST(NetworkIdentityTest, ADigestOfAFileIsAnIdOfItsOwn) {
  const std::string sha(64, 'A');
  EXPECT_EQ(*network_id_of_tflite(sha, ""), digest("tflite file " + std::string(64, 'a')));
  EXPECT_THAT(network_id_of_tflite("abc", "").reason(), HasSubstr("neither a .tflite file nor"));
  EXPECT_THAT(network_id_of_tflite("no.tflite", "/nowhere").reason(),
              HasSubstr("/nowhere/no.tflite"));
}

Series series_from(const std::string& text, const TableColumns& columns) {
  measure::Setup setup;
  setup.board = "board";
  setup.runner = measure::Runner::imported;
  return series_of(parse_measured_table(text, "mine.csv", columns), "mine", setup);
}

TEST(NetworkIdentityTest, ATablesIdsAreThoseOfItsRows) {
  const std::string text = "net,id,ops,latency_s\na," + std::string(kId) +
                           ",1000,0.1\nb,ffffffffffffffffffffffffffffffff,2000,0.2\n";
  TableColumns columns;
  columns.name = "net";
  columns.id = "id";
  const Series named = series_from(text, columns);
  ASSERT_EQ(named.rows.size(), 2u);
  EXPECT_EQ(named.rows[0].network, kId);
  EXPECT_EQ(named.rows[0].name, "a");
  columns.name.reset();
  const Series unnamed = series_from(text, columns);
  EXPECT_EQ(unnamed.rows[0].network, kId);
  EXPECT_EQ(unnamed.rows[0].name, kId);
}

// Rows of one network are repeats, also where only the id names it.
TEST(NetworkIdentityTest, RowsOfOneIdAreRepeats) {
  TableColumns columns;
  columns.id = "id";
  const Series series = series_from("id,ops,latency_s\n" + std::string(kId) + ",1000,0.1\n" + kId +
                                        ",1000,0.3\n" + kId + ",1000,0.2\n",
                                    columns);
  ASSERT_EQ(series.rows.size(), 1u);
  EXPECT_EQ(series.rows[0].repeats, 3u);
  EXPECT_DOUBLE_EQ(*series.rows[0].seconds, 0.2);
}

TEST(NetworkIdentityTest, MistakesNameLineAndColumn) {
  TableColumns columns;
  columns.id = "id";
  EXPECT_THAT(message_of([&] { (void)series_from("id,ops,latency_s\nkws,1000,0.1\n", columns); }),
              HasSubstr("mine.csv:2: column `id`: is `kws`, not the id of a network"));
  columns.tflite = "id";
  EXPECT_THAT(message_of([&] { (void)series_from("id,ops,latency_s\nkws,1000,0.1\n", columns); },
                         ErrorCode::usage),
              HasSubstr("not by both"));
}

}  // namespace
}  // namespace opline::evaluation
