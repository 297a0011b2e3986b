// tests/simulator/elf_builder.h - small ELF files made in memory, right ones and wrong ones.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace opline::simulator::testing {

inline void put16(std::string& to, std::uint32_t value) {
  to.push_back(static_cast<char>(value));
  to.push_back(static_cast<char>(value >> 8));
}
inline void put32(std::string& to, std::uint32_t value) {
  put16(to, value);
  put16(to, value >> 16);
}

struct BuiltSegment {
  std::uint32_t address = 0;
  std::string bytes;
};

/// An executable with the given segments and symbols (functions). Layout: header, program headers,
/// section headers (null, .symtab, .strtab), segments, symbols, strings.
inline std::string build_elf(const std::vector<BuiltSegment>& segments,
                             const std::map<std::string, std::uint32_t>& symbols = {},
                             std::uint32_t entry = 0) {
  constexpr std::uint32_t kHeader = 52, kProgram = 32, kSection = 40;
  const auto segment_count = static_cast<std::uint32_t>(segments.size());
  const std::uint32_t sections_at = kHeader + kProgram * segment_count;
  std::uint32_t at = sections_at + 3 * kSection;
  std::string file(
      "\x7f"
      "ELF\x01\x01\x01",
      7);
  file.resize(16, '\0');
  put16(file, 2);   // ET_EXEC
  put16(file, 40);  // EM_ARM
  put32(file, 1);
  put32(file, entry);
  put32(file, kHeader);
  put32(file, sections_at);
  put32(file, 0x05000000);
  put16(file, kHeader);
  put16(file, kProgram);
  put16(file, segment_count);
  put16(file, kSection);
  put16(file, 3);
  put16(file, 0);
  std::string data;
  for (const BuiltSegment& segment : segments) {
    const auto size = static_cast<std::uint32_t>(segment.bytes.size());
    for (const std::uint32_t field : {1U, at, segment.address, segment.address, size, size, 5U, 4U})
      put32(file, field);
    data += segment.bytes;
    at += size;
  }
  std::string table(16, '\0'), names(1, '\0');
  for (const auto& [name, address] : symbols) {
    put32(table, static_cast<std::uint32_t>(names.size()));
    put32(table, address);
    put32(table, 0);
    table.push_back(0x12);  // global function
    table.push_back(0);
    put16(table, 1);
    names += name + '\0';
  }
  const auto table_bytes = static_cast<std::uint32_t>(table.size()),
             name_bytes = static_cast<std::uint32_t>(names.size());
  file.append(kSection, '\0');
  for (const std::uint32_t field : {0U, 2U, 0U, 0U, at, table_bytes, 2U, 1U, 4U, 16U})
    put32(file, field);
  for (const std::uint32_t field : {0U, 3U, 0U, 0U, at + table_bytes, name_bytes, 0U, 0U, 1U, 0U})
    put32(file, field);
  return file + data + table + names;
}

}  // namespace opline::simulator::testing
