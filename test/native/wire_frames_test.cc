#include "wire/frames.h"

#include <cmath>
#include <cstring>

#include "check.h"
#include "stand_in_stores.h"
#include "wire_samples.h"

namespace isolet::test {
namespace {

using wire::Acknowledged;
using wire::FromCell;
using wire::ToCell;

constexpr size_t kMostBytes = 1 << 20;
using Bytes = std::vector<uint8_t>;

Bytes Inside(const wire::Frame& frame) {
  return {frame.data() + wire::kLengthSize, frame.data() + frame.size()};
}

Bytes Written(FromCell& message) { return Inside(wire::Write(3, message)); }
Bytes Written(ToCell& message) {
  Acknowledged acknowledged{5, {6, 7}};
  return Inside(wire::Write(3, acknowledged, message));
}

bool Read(const Bytes& bytes, FromCell* message, size_t max_bytes = kMostBytes) {
  std::span<const uint8_t> rest;
  return wire::ReadHead(bytes, &rest) == 3 && wire::Read(rest, max_bytes, message);
}
bool Read(const Bytes& bytes, ToCell* message, size_t max_bytes = kMostBytes) {
  std::span<const uint8_t> rest;
  Acknowledged acknowledged;
  return wire::ReadHead(bytes, &rest) == 3 && wire::Read(rest, max_bytes, &acknowledged, message) &&
         acknowledged.answers == 5 && acknowledged.host_calls.size() == 2;
}

template <typename Message>
void ComesBack(std::vector<Message> samples) {
  for (Message& sample : samples) {
    const Bytes bytes = Written(sample);
    Message read;
    EXPECT(Read(bytes, &read));
    EXPECT(read.index() == sample.index());
    EXPECT(Written(read) == bytes);
  }
}

TEST(EveryMessageToACellComesBackAsItWas) { ComesBack(SamplesToCell()); }
TEST(EveryMessageFromACellComesBackAsItWas) { ComesBack(SamplesFromCell()); }

template <typename Message>
void IsNoneWhenCut(std::vector<Message> samples) {
  for (Message& sample : samples) {
    Bytes bytes = Written(sample);
    Message read;
    for (size_t length = 0; length < bytes.size(); ++length) {
      EXPECT(!Read(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)), &read));
    }
    bytes.push_back(0);
    EXPECT(!Read(bytes, &read));
  }
}

TEST(AMessageToACellThatIsCutOrHasARestIsNone) { IsNoneWhenCut(SamplesToCell()); }
TEST(AMessageFromACellThatIsCutOrHasARestIsNone) { IsNoneWhenCut(SamplesFromCell()); }

TEST(TheLengthInFrontIsThatOfTheRest) {
  FromCell message = CallHeld{1};
  const wire::Frame frame = wire::Write(3, message);
  uint32_t length;
  std::memcpy(&length, frame.data(), sizeof(length));
  EXPECT(length + wire::kLengthSize == frame.size());
}

TEST(AValueBeyondTheLimitOfItsGuestIsNone) {
  FromCell message = wire::SettledCall{1, false, {}, SampleMessage(10'000)};
  const Bytes bytes = Written(message);
  FromCell read;
  EXPECT(Read(bytes, &read, 10'000));
  EXPECT(!Read(bytes, &read, 5'000));
}

TEST(MemoryOfBuffersIsPaidFromTheSameLimit) {
  value::Message value = SampleMessage(10);
  for (int i = 0; i < 10; ++i) value.stores.push_back(value::NewStore(2000));
  FromCell message = wire::SettledCall{1, false, {}, std::move(value)};
  const Bytes bytes = Written(message);
  FromCell read;
  EXPECT(Read(bytes, &read, 30'000));
  EXPECT(!Read(bytes, &read, 15'000));
}

TEST(AResizableBufferCostsWhatItReserves) {
  value::Message value = SampleMessage(10);
  value.stores.push_back(v8::ArrayBuffer::NewResizableBackingStore(4, size_t{1} << 40));
  FromCell message = wire::SettledCall{1, false, {}, std::move(value)};
  FromCell read;
  EXPECT(!Read(Written(message), &read));
}

TEST(ACountThatIsNotThereMakesNothing) {
  // Of handles, after an empty value without stores: a number that would take gigabytes.
  FromCell message = wire::SettledCall{1, false, {}, SampleMessage(0)};
  Bytes bytes = Written(message);
  bytes.pop_back();
  for (uint8_t byte : {0xff, 0xff, 0xff, 0xff, 0x7f}) bytes.push_back(byte);
  FromCell read;
  EXPECT(!Read(bytes, &read));
}

TEST(OfAllThatIsNotANumberOnePatternOfBitsArrives) {
  FromCell message = wire::SettledCall{1, false, {}, value::Primitive{value::Primitive::Kind::kNumber, 1}};
  Bytes bytes = Written(message);
  const uint64_t odd = 0xfff7'dead'beef'0001;
  std::memcpy(bytes.data() + bytes.size() - sizeof(odd), &odd, sizeof(odd));
  FromCell read;
  EXPECT(Read(bytes, &read));
  const double number = std::get<value::Primitive>(std::get<wire::SettledCall>(read).outcome).number;
  const double expected = std::nan("");
  EXPECT(std::memcmp(&number, &expected, sizeof(number)) == 0);
}

TEST(AnIdThatJavaScriptCantHoldIsNone) {
  FromCell message = CallHeld{uint64_t{1} << 54};
  FromCell read;
  EXPECT(!Read(Written(message), &read));
}

TEST(AHandleOfNoKindIsNone) {
  value::Message value = SampleMessage();
  value.handles.push_back({static_cast<value::HandleKind>(0), 0, 1, "", 0});
  FromCell message = wire::SettledCall{1, false, {}, std::move(value)};
  FromCell read;
  EXPECT(!Read(Written(message), &read));
}

TEST(ATextThatIsTooLongIsCutBetweenTwoCharacters) {
  std::string text(64 * 1024 - 1, 'x');
  text += "€";
  FromCell message = Fatal{text};
  FromCell read;
  EXPECT(Read(Written(message), &read));
  EXPECT(std::get<Fatal>(read).message == std::string(64 * 1024 - 1, 'x'));
}

}  // namespace
}  // namespace isolet::test
