#include "src/figures/image_note.h"

#include <fmt/format.h>

#include <boost/crc.hpp>
#include <cstdint>

#include "src/base/error.h"
#include "src/figures/plain_text.h"

namespace opline::figures {
namespace {

constexpr std::string_view png_signature = "\x89PNG\r\n\x1a\n";
constexpr std::size_t png_header_end = 8 + 4 + 4 + 13 + 4;  // signature; length, "IHDR", data, CRC

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xFF);
  return bytes;
}

std::string png_chunk(std::string_view type, std::string_view data) {
  const std::string body = std::string(type) + std::string(data);
  boost::crc_32_type crc;
  crc.process_bytes(body.data(), body.size());
  return big_endian(static_cast<std::uint32_t>(data.size())) + body + big_endian(crc.checksum());
}

/// A comment must not hold "--" nor end in '-' (XML 1.0, section 2.5).
std::string comment_text(std::string_view note) {
  std::string result;
  for (const char c : clean_utf8(note)) {
    if (c == '-' && result.ends_with('-')) result += ' ';
    result += c;
  }
  return result;
}

}  // namespace

namespace {

/// Replaces the content of the first element `tag`, which must be there.
void set_element(std::string& svg, const std::string& tag, std::string_view content) {
  const std::string open = "<" + tag + ">";
  const std::size_t begin = svg.find(open);
  const std::size_t end = svg.find("</" + tag + ">", begin);
  if (begin == std::string::npos || end == std::string::npos) {
    throw Error(ErrorCode::io,
                "gnuplot: its SVG has no <{}>; check that the installed gnuplot is 5.4 or newer",
                tag);
  }
  svg.replace(begin + open.size(), end - begin - open.size(), xml_escaped(clean_utf8(content)));
}

/// gnuplot titles every curve "gnuplot_plot_3", which browsers show as a tooltip.
void drop_curve_titles(std::string& svg) {
  constexpr std::string_view open = "<title>gnuplot_plot_";
  constexpr std::string_view close = "</title>";
  std::string kept;
  std::size_t from = 0;
  for (std::size_t at = svg.find(open); at != std::string::npos; at = svg.find(open, from)) {
    kept.append(svg, from, at - from);
    from = svg.find(close, at);
    from = from == std::string::npos ? svg.size() : from + close.size();
  }
  svg = kept.append(svg, from);
}

/// The number behind `key`, searched from `from`.
unsigned long number_after(const std::string& text, std::string_view key, std::size_t from) {
  const std::size_t at = text.find(key, from);
  unsigned long value = 0;
  bool any = false;
  for (std::size_t i = at + key.size(); at != std::string::npos && i < text.size(); ++i) {
    if (text[i] < '0' || text[i] > '9') break;
    value = value * 10 + static_cast<unsigned long>(text[i] - '0');
    any = true;
  }
  if (!any)
    throw Error(ErrorCode::io, "gnuplot: its PDF has no {}; check the installed gnuplot and cairo",
                key.substr(0, key.size() - 1));
  return value;
}

/// cairo's date of creation, blanked out in place: the offsets of all objects stay.
void clear_date(std::string& pdf) {
  const std::size_t begin = pdf.find("/CreationDate (");
  if (begin == std::string::npos) return;
  const std::size_t end = pdf.find(')', begin);
  if (end != std::string::npos) pdf.replace(begin, end - begin + 1, end - begin + 1, ' ');
}

/// A text string in UTF-16BE with its mark, in hexadecimal (ISO 32000-1, 7.9.2).
std::string pdf_text(std::string_view text) {
  std::string result = "<FEFF";
  const auto unit = [&](std::uint32_t code) { result += fmt::format("{:04X}", code); };
  const std::string clean = clean_utf8(text);
  for (std::size_t i = 0; i < clean.size();) {
    const auto lead = static_cast<unsigned char>(clean[i]);
    const int length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    std::uint32_t code = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (int k = 1; k < length; ++k)
      code =
          code << 6 | (static_cast<unsigned char>(clean[i + static_cast<std::size_t>(k)]) & 0x3FU);
    i += static_cast<std::size_t>(length);
    if (code < 0x10000) {
      unit(code);
    } else {
      unit(0xD800 + ((code - 0x10000) >> 10));
      unit(0xDC00 + ((code - 0x10000) & 0x3FF));
    }
  }
  return result + ">";
}

}  // namespace

std::string with_svg_note(std::string_view svg, std::string_view generator, std::string_view title,
                          std::string_view note) {
  std::string result(svg);
  const std::size_t declaration = result.find("?>");
  if (!result.starts_with("<?xml") || declaration == std::string::npos) {
    throw Error(
        ErrorCode::io,
        "gnuplot did not produce a valid SVG; check that the installed gnuplot is 5.4 or newer");
  }
  drop_curve_titles(result);
  set_element(result, "desc", note);
  set_element(result, "title", title);
  result.insert(declaration + 2, "<!-- " + comment_text(generator) + " -->");
  return result;
}

std::string with_svg_size(std::string_view svg, double width_mm, double height_mm) {
  std::string result(svg);
  const std::size_t width = result.find(" width=\"");
  const std::size_t end = result.find("\n viewBox=", width);
  if (width == std::string::npos || end == std::string::npos || end > 1000)
    throw Error(
        ErrorCode::io,
        "gnuplot: its SVG states no size; check that the installed gnuplot is 5.4 or newer");
  result.replace(width, end - width,
                 fmt::format(" width=\"{:.2f}mm\" height=\"{:.2f}mm\"", width_mm, height_mm));
  constexpr std::string_view font = "font-family=\"Helvetica\"";
  constexpr std::string_view fonts =
      "font-family=\"Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif\"";
  std::string with_fonts;
  std::size_t from = 0;
  for (std::size_t at = result.find(font); at != std::string::npos; at = result.find(font, from)) {
    with_fonts.append(result, from, at - from).append(fonts);
    from = at + font.size();
  }
  return with_fonts.append(result, from);
}

std::string with_pdf_note(std::string_view pdf, std::string_view title, std::string_view note) {
  std::string result(pdf);
  clear_date(result);
  const std::size_t trailer = result.rfind("\ntrailer");
  const std::size_t start = result.rfind("startxref\n");
  if (!result.starts_with("%PDF-") || trailer == std::string::npos || start == std::string::npos)
    throw Error(ErrorCode::io,
                "gnuplot did not produce a valid PDF; check that the installed gnuplot is 5.4 or "
                "newer");
  const unsigned long size = number_after(result, "/Size ", trailer);
  const unsigned long root = number_after(result, "/Root ", trailer);
  const unsigned long previous = number_after(result, "startxref\n", start);
  const std::size_t object = result.size();
  result += fmt::format(
      "{} 0 obj\n<< /Title {}\n   /Subject {}\n   /Creator (opline)\n   /Producer (gnuplot, "
      "cairo)\n>>\nendobj\n",
      size, pdf_text(title), pdf_text(note));
  const std::size_t table = result.size();
  result += fmt::format(
      "xref\n{} 1\n{:010} 00000 n \ntrailer\n<< /Size {}\n   /Root {} 0 R\n   /Info {} 0 R\n   "
      "/Prev "
      "{}\n>>\nstartxref\n{}\n%%EOF\n",
      size, object, size + 1, root, size, previous, table);
  return result;
}

std::string with_png_note(std::string_view png, std::string_view note) {
  if (!png.starts_with(png_signature) || png.size() < png_header_end ||
      png.substr(12, 4) != "IHDR") {
    throw Error(
        ErrorCode::io,
        "gnuplot did not produce a valid PNG; check that the installed gnuplot is 5.4 or newer");
  }
  std::string ascii;
  for (const char c : clean_utf8(note)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) ascii += c;
    if (byte >= 0xC0) ascii += '?';
  }
  using std::string_literals::operator""s;
  return std::string(png.substr(0, png_header_end)) + png_chunk("tEXt", "Software\0"s + ascii) +
         std::string(png.substr(png_header_end));
}

}  // namespace opline::figures
