/* firmware/protocol/text.h - numbers and texts to and from the line.   Room: firmware. */
#ifndef OPLINE_TEXT_H
#define OPLINE_TEXT_H

#include <stdint.h>

/* ---- To the host, through opline_board_put ---- */
void opline_put(const char* text);
void opline_put_decimal(uint64_t value);
void opline_put_signed(int32_t value);
void opline_put_hex(uint32_t value, uint32_t digits); /* lower case, leading zeros */

/* "<before><value><after>\r\n" and friends: one reply line each. */
void opline_line(const char* text);
void opline_line_decimal(const char* before, uint64_t value, const char* after);
void opline_line_hex(const char* before, uint32_t value, const char* after);

/* "e-[<text>]\r\n" */
void opline_error(const char* text);

/* ---- From the host: strict, 1 on success ---- */
int opline_equal(const char* a, const char* b);
int opline_parse_decimal(const char* text, uint32_t* value); /* digits only, at most 2^32 - 1 */
int opline_parse_hex32(const char* text, uint32_t* value);   /* exactly 8 digits */
/* Pairs of digits until the end of the text, at most `capacity` bytes; -1 if that is not what is there. */
int32_t opline_parse_bytes(const char* text, uint8_t* bytes, int32_t capacity);

#endif /* OPLINE_TEXT_H */
