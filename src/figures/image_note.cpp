#include "src/figures/image_note.h"

#include <boost/crc.hpp>

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
