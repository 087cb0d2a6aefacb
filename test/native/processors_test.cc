#include "threads/processors.h"

#include <thread>

#include "check.h"

namespace isolet::test {
namespace {

TEST(AQuotaIsProcessorsPerPeriod) {
  EXPECT(QuotaOf("200000 100000") == 2.0);
  EXPECT(QuotaOf("50000 100000") == 0.5);
  EXPECT(QuotaOf("150000 100000\n") == 1.5);
}

TEST(NoQuotaIsNone) {
  for (const char* text : {"max 100000", "-1 100000", "", " ", "200000", "200000 0", "0 100000", "a b"}) {
    EXPECT(!QuotaOf(text));
  }
}

TEST(TheProcessHasProcessors) {
  EXPECT(AvailableProcessors() > 0);
  EXPECT(AvailableProcessors() <= std::thread::hardware_concurrency());
}

}  // namespace
}  // namespace isolet::test
