#include "isolate/time_zone.h"

#include <cstdlib>
#include <string>

namespace isolet {

std::atomic<uint64_t> TimeZone::changes_{0};

void TimeZone::Look() {
  struct Seen {
    bool set = false;
    std::string value;
  };
  static Seen* seen = nullptr;  // never destroyed: guests outlive static objects
  const char* value = std::getenv("TZ");
  if (seen == nullptr) {
    seen = new Seen{value != nullptr, value != nullptr ? value : ""};
    return;
  }
  if (value == nullptr ? !seen->set : seen->set && seen->value == value) return;
  *seen = {value != nullptr, value != nullptr ? value : ""};
  changes_.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace isolet
