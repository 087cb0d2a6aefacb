#include "check.h"

int main() {
  int passed = 0, failed = 0;
  for (const isolet::test::Case& test : isolet::test::Cases()) {
    int before = isolet::test::failed_expectations.load();
    test.body();
    bool ok = isolet::test::failed_expectations.load() == before;
    ok ? ++passed : ++failed;
    std::printf("%s %s\n", test.name, ok ? "ok" : "FAILED");
    std::fflush(stdout);
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
