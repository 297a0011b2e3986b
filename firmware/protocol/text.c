/* firmware/protocol/text.c - see the header.   Room: firmware. */
#include "firmware/protocol/text.h"

#include "firmware/boards/opline_board.h"

void opline_put(const char* text) {
  while (*text != '\0') opline_board_put(*text++);
}

void opline_put_decimal(uint64_t value) {
  char digits[20];
  uint32_t count = 0;
  do {
    digits[count++] = (char)('0' + value % 10u);
    value /= 10u;
  } while (value != 0);
  while (count > 0) opline_board_put(digits[--count]);
}

void opline_put_signed(int32_t value) {
  if (value < 0) opline_board_put('-');
  opline_put_decimal(value < 0 ? (uint64_t)(-(int64_t)value) : (uint64_t)value);
}

void opline_put_hex(uint32_t value, uint32_t digits) {
  while (digits > 0) opline_board_put("0123456789abcdef"[(value >> (4u * --digits)) & 15u]);
}

void opline_line(const char* text) {
  opline_put(text);
  opline_put("\r\n");
}

void opline_line_decimal(const char* before, uint64_t value, const char* after) {
  opline_put(before);
  opline_put_decimal(value);
  opline_line(after);
}

void opline_line_hex(const char* before, uint32_t value, const char* after) {
  opline_put(before);
  opline_put_hex(value, 8);
  opline_line(after);
}

void opline_error(const char* text) {
  opline_put("e-[");
  opline_put(text);
  opline_line("]");
}

int opline_equal(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) {
    ++a;
    ++b;
  }
  return *a == *b;
}

int opline_parse_decimal(const char* text, uint32_t* value) {
  uint64_t sum = 0;
  if (*text == '\0') return 0;
  for (; *text != '\0'; ++text) {
    if (*text < '0' || *text > '9') return 0;
    sum = sum * 10u + (uint32_t)(*text - '0');
    if (sum > UINT32_MAX) return 0;
  }
  *value = (uint32_t)sum;
  return 1;
}

static int32_t hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

int32_t opline_parse_bytes(const char* text, uint8_t* bytes, int32_t capacity) {
  int32_t count = 0;
  for (; *text != '\0'; text += 2) {
    const int32_t high = hex_digit(text[0]);
    const int32_t low = high < 0 ? -1 : hex_digit(text[1]);
    if (low < 0 || count == capacity) return -1;
    bytes[count++] = (uint8_t)(high * 16 + low);
  }
  return count;
}

int opline_parse_hex32(const char* text, uint32_t* value) {
  uint8_t bytes[4];
  if (opline_parse_bytes(text, bytes, 4) != 4) return 0;
  *value = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
  return 1;
}
