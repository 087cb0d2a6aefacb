#include "isolate/time_zone.h"

#include <cstdlib>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#if defined(__linux__)
extern char** environ;  // NOLINT(readability-redundant-declaration)
#endif

namespace isolet {
namespace {

// The variables of the process as they were: one that is set anew is at another address. To compare addresses takes a
// fraction of the time that it takes to find one by its name.
class SeenVariables {
 public:
  // Whether they are other ones than at the last look.
  bool Changed() {
#if defined(__linux__)
    if (environ == nullptr) return true;
    size_t same = 0;
    while (same < seen_.size() && environ[same] == seen_[same]) ++same;
    if (same == seen_.size() && same > 0) return false;
    size_t count = 0;
    while (environ[count] != nullptr) ++count;
    seen_.assign(environ, environ + count + 1);
#endif
    return true;
  }

 private:
  std::vector<const char*> seen_;  // with the null at the end
};

struct Seen {
  SeenVariables variables;
  bool set = false;
  std::string value;
};

Seen* seen = nullptr;  // never destroyed: guests outlive static objects

// Never destroyed either.
struct Name {
  std::mutex mutex;  // guards text; leaf lock
  std::string text;
};

Name& TheName() {
  static auto* name = new Name;
  return *name;
}

}  // namespace

std::atomic<uint64_t> TimeZone::changes_{0};
std::atomic<uint64_t> TimeZone::names_{0};
std::atomic<bool> TimeZone::told_{false};

bool TimeZone::Look() {
  const bool first = seen == nullptr;
  if (first) seen = new Seen;
  if (!seen->variables.Changed()) return false;
  const char* value = std::getenv("TZ");
  if (!first && (value == nullptr ? !seen->set : seen->set && seen->value == value)) return false;
  seen->set = value != nullptr;
  seen->value = value != nullptr ? value : "";
  if (!first) changes_.fetch_add(1, std::memory_order_relaxed);
  return !first;
}

std::optional<std::string> TimeZone::Said() {
  if (seen == nullptr || !seen->set || seen->value.empty()) return std::nullopt;
  return seen->value;
}

void TimeZone::SetName(std::string name) {
  Name& kept = TheName();
  std::lock_guard<std::mutex> lock(kept.mutex);
  kept.text = std::move(name);
  names_.fetch_add(1, std::memory_order_release);
}

std::string TimeZone::name() {
  Name& kept = TheName();
  std::lock_guard<std::mutex> lock(kept.mutex);
  return kept.text;
}

void TimeZone::Become(const std::string& name) {
#if defined(__linux__)
  // It is there from the start: who looks at it meanwhile sees the one or the other.
  if (setenv("TZ", name.c_str(), 1) != 0) return;
#endif
  told_.store(true, std::memory_order_relaxed);
  changes_.fetch_add(1, std::memory_order_release);
}

}  // namespace isolet
