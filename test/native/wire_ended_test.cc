// A cell that is ended, or should end, for what its host finds out about it.
#include "check.h"
#include "stand_in_stores.h"
#include "wire_liar.h"

namespace isolet::test {
namespace {

TEST(ACellThatIsAskedWhetherItIsThereAndDoesNotSayIsEnded) {
  wire::CellLink::Patience patience;
  patience.silence = 2'000'000'000;
  Liar liar(SmallOptions(), patience);
  // Without a time of its own.
  liar.Start(1);
  liar.IsFoundOut();
  EXPECT(liar.owner->cause() == wire::CellEnd::Cause::kSilent);
}

// Of a process that grows when it is told to.
class Growing final : public wire::ProcessFacts {
 public:
  explicit Growing(std::shared_ptr<std::atomic<bool>> grown) : grown_(std::move(grown)) {}
  std::optional<int64_t> ProcessorTime() override { return clock_ += 1000; }
  std::optional<uint64_t> Memory() override { return *grown_ ? 2001 : 1000; }
  std::optional<Thread> ChannelThread() override { return std::nullopt; }
  bool AnyReady() override { return false; }

 private:
  const std::shared_ptr<std::atomic<bool>> grown_;
  int64_t clock_ = 0;
};

TEST(ACellWithMoreMemoryThanItMayHaveEndsAndItsCallsSayHowMuchThatWas) {
  auto grown = std::make_shared<std::atomic<bool>>(false);
  Liar liar(SmallOptions(), {}, {std::make_unique<Growing>(grown), 1000});
  *grown = true;
  liar.IsFoundOut();
  EXPECT(liar.owner->cause() == wire::CellEnd::Cause::kMemory);
  EXPECT(liar.guest->final_stop()->limit == 2000 && liar.guest->final_stop()->used == 2001);
}

TEST(AGuestThatWasGivenUpWearsTheCellOutOnce) {
  Liar liar;
  liar.Say(Fatal{"lost"});
  liar.IsBelieved();
  EXPECT(liar.owner->worn == 1);
}

}  // namespace
}  // namespace isolet::test
