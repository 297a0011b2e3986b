#include "src/measure/response.h"

namespace opline::measure {

const char* to_string(Response response) {
  return response == Response::latency ? "latency" : "energy";
}

const char* unit_of(Response response) { return response == Response::latency ? "s" : "J"; }

}  // namespace opline::measure
