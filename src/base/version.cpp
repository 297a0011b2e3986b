#include "src/base/version.h"

namespace opline {

std::string_view version() { return OPLINE_VERSION; }

}  // namespace opline
