// tests/energy_meters/ppk2_device.h - a PPK2 behind a link: answers the commands that start one.
#pragma once
#include <functional>
#include <string>

#include "tests/energy_meters/ppk2_words.h"
#include "tests/energy_meters/simulated_device.h"

namespace opline::energy {

/// Answers until the link ends. `recording`: called for each start of a measurement, what is sent.
inline void serve_ppk2(DeviceLink& link, const std::function<std::string()>& recording) {
  for (;;) {
    const char command = link.read(1)[0];
    if (command == 0x0C || command == 0x11) (void)link.read(1);  // power, supply on
    if (command == 0x0D) (void)link.read(2);                     // supply voltage
    if (command == 0x19) link.write(kPpk2Metadata);
    if (command == 0x06) link.write(recording());
  }
}

}  // namespace opline::energy
