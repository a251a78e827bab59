#pragma once

#include <cstddef>
#include <cstdint>

namespace portcullis {

// The data path as a list. A hop starts where the one before it ended, so hops add up to the whole.
enum class Hop : std::uint8_t {
  kWireToDecoded,   // frame complete in user space -> decoded                     (feed thread)
  kDecodedToBook,   // -> book and MarketView moved                                (feed thread)
  kBookToRing,      // -> pushed to the strategies' ring                           (feed thread)
  kRingToStrategy,  // -> the strategy sees it                                     (strategy thread)
  kStrategyToGateway,  // -> its order is pushed to the order ring                    (strategy
                       // thread)
  kRingToRisk,     // -> the trading thread takes it up                           (trading thread)
  kRiskCheck,      // -> judged and reserved
  kRiskToJournal,  // -> stored, its id drawn from the durable block
  kJournalToEncoded,  // -> encoded for the venue
  kEncodedToWire,     // -> handed to the kernel
  kWireToAck,         // -> the venue's first answer arrived (the venue's part)
  kAckToClient,       // -> the report is in the strategy's ring
  kTickToTrade,       // sum: wire_in of the tick -> the order is with the kernel
  kOrderInToWire,     // sum: order taken up -> with the kernel
  kVenueToUs,         // the venue's event time -> our receipt; two clocks are in it
  kCount,
};

inline constexpr std::size_t kHopCount = static_cast<std::size_t>(Hop::kCount);

// "wire_to_decoded" and so on: histogram log tags, panel, benchmarks.
[[nodiscard]] const char* to_string(Hop hop) noexcept;

}  // namespace portcullis
