#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "app/audit_trail.hpp"
#include "app/limit_fields.hpp"
#include "app/limit_overrides.hpp"
#include "app/limit_settings.hpp"
#include "app/operators.hpp"
#include "core/counters.hpp"
#include "core/instrument.hpp"
#include "core/log.hpp"
#include "core/time.hpp"
#include "risk/limits_mailbox.hpp"

namespace portcullis::app {

// What a keeper works with; all of it outlives the keeper.
struct LimitsContext {
  std::string file;  // the configuration; empty: there is none to read anew
  std::string state_dir;
  const InstrumentTable& instruments;
  const Operators& operators;
  risk::LimitsMailbox& mailbox;
  AuditTrail& audit;
  LogRing& log;
  CounterFile& counters;
};

// Changes the limits while the gateway runs (docs/limits.md): reads them anew, takes what operators
// ask for, ends what is over, and hands each whole set to the trading thread. Lowering is done at
// once and then written down. Raising needs two operators, is written down first, and is not done
// without. Control thread only.
class LimitsKeeper {
 public:
  // How long a request waits for somebody to agree.
  static constexpr Nanos kRequestLife = std::chrono::minutes{10};
  static constexpr std::size_t kRequestsMax = 64;

  // When a change ends by itself: after so long, at a moment, or (neither) not.
  struct End {
    Nanos after{0};
    std::optional<WallTime> at{};
  };
  struct Request {
    std::uint64_t id{0};
    std::vector<LimitChange> changes{};
    std::vector<std::int64_t> values{};  // of each change, LimitField::value
    End end{};
    uid_t user{};
    std::string requester;
    std::string reason;
    WallTime expires{};
    MonoTime expires_mono{};
  };
  struct Reload {
    std::vector<LimitChange> changes;  // in force now
    std::vector<LimitChange> held;     // would have raised something, so that they are not
  };
  struct Asked {
    std::vector<LimitChange> done;    // these only lower
    std::optional<std::uint64_t> id;  // of a request for the others
    std::vector<LimitChange> waiting;
    std::string warning;  // done, but not written down
  };
  using Problems = std::vector<std::string>;

  // `configured` is the file's; `overrides` those that the run before has left.
  LimitsKeeper(LimitsContext context, LimitSettings configured,
               std::vector<LimitOverride> overrides);

  // Ends what is over and hands over what waits.
  void turn(const Now& now);

  // The limits of the file from now on, as far as they are not milder than those configured until
  // now. The problems when the file cannot be used: then nothing has changed.
  [[nodiscard]] std::expected<Reload, Problems> reload(const std::string& actor, const Now& now);

  // What an operator wants: `sets` are KEY and VALUE as the configuration writes them.
  [[nodiscard]] std::expected<Asked, Problems> request(
      uid_t user, const std::vector<std::pair<std::string, std::string>>& sets, const End& end,
      const std::string& reason, const Now& now);
  // Another operator agrees: the request's changes are in force.
  [[nodiscard]] std::expected<Request, std::string> approve(uid_t user, std::uint64_t id,
                                                            const Now& now);

  // What the file says now, without taking it.
  [[nodiscard]] std::expected<LimitSettings, Problems> read_file() const;

  [[nodiscard]] const LimitSettings& configured() const noexcept { return configured_; }
  [[nodiscard]] const LimitSettings& in_force() const noexcept { return in_force_; }
  [[nodiscard]] const std::vector<LimitOverride>& overrides() const noexcept { return overrides_; }
  [[nodiscard]] const std::vector<Request>& requests() const noexcept { return requests_; }
  // Whether the trading thread judges by in_force() already.
  [[nodiscard]] bool is_settled();

 private:
  void install();
  void end_requests(const Now& now);
  void end_overrides(const Now& now);
  // Each of the changes becomes an override; the warning is what could not be made durable.
  [[nodiscard]] std::string apply(const Request& request, const std::string& approver,
                                  const Now& now);
  void make_way(LimitOverride& next);
  [[nodiscard]] std::string save() const;
  [[nodiscard]] Problems complaints_of(const LimitSettings& settings) const;
  std::expected<void, std::string> note(audit::Act act, const std::string& actor,
                                        const std::vector<LimitChange>& changes, std::string reason,
                                        const Now& now);
  void say(LogLevel level, const std::string& text, const Now& now);
  void count();

  LimitsContext context_;
  LimitSettings configured_;
  std::vector<LimitOverride> overrides_;
  LimitSettings in_force_;
  std::vector<Request> requests_;
  std::uint64_t next_id_{1};
  bool has_news_{false};  // in_force_ is not offered yet
  MonoTime retry_{};      // of an end that could not be written down
  Counter reloads_;
  Counter reload_failures_;
  Counter changes_;
  Counter raises_held_;
  Counter open_requests_;
  Counter open_overrides_;
};

}  // namespace portcullis::app
