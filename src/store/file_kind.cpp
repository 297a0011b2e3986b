#include "src/store/file_kind.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>

#include "src/store/schema.h"

namespace opline::store {
namespace {

// Offsets and values: sqlite.org/fileformat2.html, sections 1.3 (database header) and 3 (rollback
// journal).
constexpr std::string_view kMagic("SQLite format 3\0", 16);
constexpr std::size_t kHeaderBytes = 100;
constexpr std::size_t kApplicationIdAt = 68;
constexpr std::string_view kJournalMagic("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8);
constexpr std::size_t kPagesBeforeAt = 16;

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, 4)) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

/// The first bytes of the file, at most a header's. Read through SQLite's file layer, since closing
/// a stream of our own would drop the locks this process holds on the file (fcntl(2)). `immutable`:
/// no locks, no side files.
std::string first_bytes(const std::filesystem::path& path) {
  SQLite::Database probe(uri(path, "immutable=1"), SQLite::OPEN_READONLY | SQLite::OPEN_URI);
  // Not SQLite's own size, which is 0 for a file of one byte.
  std::string bytes(std::min<std::uintmax_t>(std::filesystem::file_size(path), kHeaderBytes), '\0');
  if (bytes.empty()) return bytes;
  sqlite3_file* file = nullptr;
  int code = sqlite3_file_control(probe.getHandle(), "main", SQLITE_FCNTL_FILE_POINTER,
                                  static_cast<void*>(&file));
  if (code == SQLITE_OK)
    code = file->pMethods->xRead(file, bytes.data(), static_cast<int>(bytes.size()), 0);
  // A writer that creates the file may have rolled back meanwhile.
  if (code == SQLITE_IOERR_SHORT_READ) code = SQLITE_OK;
  if (code != SQLITE_OK) throw SQLite::Exception("the first bytes cannot be read", code);
  return bytes;
}

/// Whether a journal lies beside the file that was begun when the file was empty: rolling it back
/// leaves nothing, whatever part of the first pages came to the disk.
bool has_journal_of_birth(const std::filesystem::path& path) {
  std::ifstream journal(path.string() + "-journal", std::ios::binary);
  std::array<char, kPagesBeforeAt + 4> head{};
  if (!journal.read(head.data(), head.size())) return false;
  const std::string_view bytes(head.data(), head.size());
  return bytes.starts_with(kJournalMagic) && big_endian(bytes.substr(kPagesBeforeAt)) == 0;
}

/// Whether `bytes` are the beginning of a header that got no further than this.
bool is_cut_header(std::string_view bytes) {
  const bool zeros = bytes.find_first_not_of('\0') == bytes.npos;
  const std::size_t common = std::min(bytes.size(), kMagic.size());
  return zeros || (bytes.size() < kApplicationIdAt + 4 &&
                   bytes.substr(0, common) == kMagic.substr(0, common));
}

}  // namespace

std::string uri(const std::filesystem::path& path, std::string_view parameters) {
  std::string result = "file:";
  for (const char byte : path.string()) {
    const bool plain = std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '/' ||
                       byte == '.' || byte == '-' || byte == '_';
    result +=
        plain ? std::string(1, byte) : fmt::format("%{:02X}", static_cast<unsigned char>(byte));
  }
  return result + "?" + std::string(parameters);
}

FileKind file_kind(const std::filesystem::path& path) {
  const std::string bytes = first_bytes(path);
  if (bytes.empty()) return FileKind::empty;
  if (is_cut_header(bytes) && has_journal_of_birth(path)) return FileKind::empty;
  if (bytes.size() < kApplicationIdAt + 4 || !bytes.starts_with(kMagic)) return FileKind::other;
  const std::uint32_t application = big_endian(std::string_view(bytes).substr(kApplicationIdAt));
  return application == kApplicationId ? FileKind::study : FileKind::sqlite;
}

}  // namespace opline::store
