#include "src/figures/image_note.h"

#include <gmock/gmock.h>

#include <boost/crc.hpp>

#include "src/base/error.h"

namespace opline::figures {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using std::string_literals::operator""s;

TEST(ImageNote, SvgNamesItsGeneratorInTheFirstLine) {
  const std::string svg =
      "<?xml version=\"1.0\"?>\n<svg>\n<title>Gnuplot</title>\n<desc>Produced by "
      "x</desc>\n</svg>\n";
  EXPECT_EQ(with_svg_note(svg, "opline 0.1.0 --x-", "a < b", "opline study --space kws"),
            "<?xml version=\"1.0\"?><!-- opline 0.1.0 - -x- -->\n<svg>\n<title>a &lt; b</title>\n"
            "<desc>opline study --space kws</desc>\n</svg>\n");
}

TEST(ImageNote, SvgOfAnotherKindIsRefused) {
  for (const char* other :
       {"", "<svg/>", "<?xml version=\"1.0\"?><svg></svg>", "<?xml <title>Gnuplot</title>"}) {
    EXPECT_THROW((void)with_svg_note(other, "g", "t", "n"), Error) << other;
  }
}

TEST(ImageNote, PngChunkFollowsTheHeaderWithItsChecksum) {
  const std::string header = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"s + std::string(13 + 4, 'x');
  const std::string noted = with_png_note(header + "rest", "opline µ");
  ASSERT_THAT(noted, StartsWith(header));
  ASSERT_TRUE(noted.ends_with("rest"));
  const std::string chunk = noted.substr(header.size(), noted.size() - header.size() - 4);
  EXPECT_EQ(chunk.substr(0, 4), "\0\0\0\x11"s);  // 17 bytes of data
  EXPECT_EQ(chunk.substr(4, 4 + 17), "tEXtSoftware\0opline ?"s);
  boost::crc_32_type crc;
  crc.process_bytes(chunk.data() + 4, 4 + 17);
  const unsigned sum = crc.checksum();
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(static_cast<unsigned char>(chunk[25 + i]), sum >> (24 - 8 * i) & 0xFF);
  EXPECT_EQ(chunk.size(), 29U);
}

TEST(ImageNote, PngOfAnotherKindIsRefused) {
  EXPECT_THROW((void)with_png_note("", "n"), Error);
  EXPECT_THROW((void)with_png_note("GIF89a" + std::string(100, 'x'), "n"), Error);
  EXPECT_THROW((void)with_png_note("\x89PNG\r\n\x1a\n", "n"), Error);
}

TEST(ImageNote, SvgStatesItsSizeInMillimetres) {
  const std::string svg =
      "<?xml version=\"1.0\"?>\n<svg \n width=\"238\" height=\"193\"\n viewBox=\"0 0 238 193\"\n>"
      "<g font-family=\"Helvetica\"/><g font-family=\"Helvetica\"/></svg>";
  const std::string sized = with_svg_size(svg, 84, 68.05);
  EXPECT_THAT(sized,
              HasSubstr("<svg \n width=\"84.00mm\" height=\"68.05mm\"\n viewBox=\"0 0 238 193\""));
  EXPECT_THAT(sized,
              testing::EndsWith("<g font-family=\"Helvetica, Arial, Liberation Sans, DejaVu Sans, "
                                "sans-serif\"/></svg>"));
  EXPECT_THROW((void)with_svg_size("<svg/>", 84, 68), Error);
}

TEST(ImageNote, PdfOfAnotherKindIsRefused) {
  for (const char* other :
       {"", "%PDF-1.5\n%%EOF\n", "%PDF-1.5\ntrailer\n<< >>\nstartxref\nx\n%%EOF\n"})
    EXPECT_THROW((void)with_pdf_note(other, "t", "n"), Error) << other;
}

TEST(ImageNote, PdfNoteIsAnUpdateInUtf16) {
  const std::string pdf =
      "%PDF-1.5\n1 0 obj\n<< /CreationDate (D:2026)\n>>\nendobj\nxref\n0 2\ntrailer\n<< /Size 2\n  "
      " "
      "/Root 1 0 R\n>>\nstartxref\n57\n%%EOF\n";
  const std::string noted = with_pdf_note(pdf, "µ", "a \xF0\x9D\x9B\xBC");
  EXPECT_THAT(noted, HasSubstr("<< " + std::string(22, ' ') + "\n>>")) << "offsets stay";
  EXPECT_THAT(noted,
              HasSubstr("2 0 obj\n<< /Title <FEFF00B5>\n   /Subject <FEFF00610020D835DEFC>"));
  EXPECT_THAT(noted, HasSubstr("/Size 3\n   /Root 1 0 R\n   /Info 2 0 R\n   /Prev 57\n"));
}

}  // namespace
}  // namespace opline::figures
