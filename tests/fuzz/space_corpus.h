// tests/fuzz/space_corpus.h - what space files are damaged with.
#pragma once
#include <string>
#include <vector>

namespace opline::fuzz {

/// Values, keys and keywords of the format, legal and not.
inline const std::vector<std::string> kSpaceFragments = {
    "0",
    "1",
    "-1",
    "2",
    "255",
    "256",
    "512",
    "65535",
    "65536",
    "9223372036854775807",
    "1e9",
    "nan",
    "true",
    "''",
    "\"same\"",
    "\"valid\"",
    "\"global\"",
    "\"identity\"",
    "[]",
    "[1]",
    "[1, 2]",
    "[2, 1]",
    "[1, 1, 1]",
    "{}",
    "{ from = 1, to = 65535, step = 1 }",
    "{ from = 9, to = 1, step = 2 }",
    "1979-05-27",
    "\n[[block]]\n",
    "\n[block]\n",
    "residual = true\n",
    "skip = \"identity\"\n",
    "repeat = 512\n",
    "tie = \"stage2\"\n",
    "expansion = [4, 8]\n",
    "{ base = 24, percent = [10, 90], multiple_of = 4 }",
    "stride = 2\n",
    "\"softmax\"",
    "\"conv2d\"",
    "\"depthwise_conv2d\"",
    "\"inverted_bottleneck\"",
    "\"fully_connected\"",
    "\"average_pool_2d\"",
    "#",
    "\"",
    "\xff",
    "=",
    ","};

}  // namespace opline::fuzz
