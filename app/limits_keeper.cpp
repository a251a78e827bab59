#include "app/limits_keeper.hpp"

#include <algorithm>
#include <iterator>
#include <memory>

#include "app/log_pieces.hpp"
#include "core/config_reader.hpp"

namespace portcullis::app {

namespace {

constexpr Nanos kRetry = std::chrono::seconds{1};

// "symbols.BTCUSDT.max_order_qty 1 -> 2, ..."; of many, the first and how many.
std::string text_of(const std::vector<LimitChange>& changes) {
  constexpr std::size_t kShown = 20;
  std::string text;
  for (std::size_t i = 0; i < changes.size() && i < kShown; ++i) {
    const LimitChange& change = changes[i];
    text += (i == 0 ? "" : ", ") + change.key + " " + change.before + " -> " + change.after;
  }
  if (changes.size() > kShown) text += ", and " + std::to_string(changes.size() - kShown) + " more";
  return text;
}

std::string joined(const std::vector<LimitChange>& changes, std::string LimitChange::* side) {
  std::string text;
  for (const LimitChange& change : changes) {
    text += (text.empty() ? "" : ", ") + change.key + " = " + change.*side;
  }
  return text;
}

bool is_over(const LimitOverride& override, const Now& now) {
  if (!override.until) return false;
  const bool is_over_by_ours = override.until_mono != MonoTime{} && now.mono >= override.until_mono;
  return is_over_by_ours || now.wall >= *override.until;
}

// What is asked for, split by whether one person is enough.
void split(const std::vector<LimitField>& before, const std::vector<LimitField>& after,
           LimitsKeeper::Request& lower, LimitsKeeper::Request& raise) {
  for (LimitChange& change : changes_between(before, after)) {
    LimitsKeeper::Request& side = change.is_raise ? raise : lower;
    side.values.push_back(after[change.place].value);
    side.changes.push_back(std::move(change));
  }
}

// What of KEY and VALUE cannot be done.
LimitsKeeper::Problems put_sets(const std::vector<std::pair<std::string, std::string>>& sets,
                                std::vector<LimitField>& fields) {
  LimitsKeeper::Problems problems;
  for (const auto& [key, text] : sets) {
    const auto field = std::ranges::find(fields, key, &LimitField::key);
    if (field == fields.end()) {
      problems.push_back("there is no limit '" + key +
                         "'; 'portcullis limits show --all' lists them");
      continue;
    }
    const auto value = parse_limit(*field, text);
    if (!value) {
      problems.push_back(value.error());
    } else if (*value == field->value) {
      problems.push_back(key + " is " + field->text() + " already");
    } else {
      field->value = *value;
    }
  }
  return problems;
}

}  // namespace

LimitsKeeper::LimitsKeeper(LimitsContext context, LimitSettings configured,
                           std::vector<LimitOverride> overrides)
    : context_{std::move(context)},
      configured_{std::move(configured)},
      overrides_{std::move(overrides)},
      in_force_{with_overrides(configured_, overrides_)},
      reloads_{context_.counters.allocate("limits.reloads")},
      reload_failures_{context_.counters.allocate("limits.reload_failures")},
      changes_{context_.counters.allocate("limits.changes")},
      raises_held_{context_.counters.allocate("limits.raises_held")},
      open_requests_{context_.counters.allocate("limits.requests")},
      open_overrides_{context_.counters.allocate("limits.overrides")} {
  count();
}

void LimitsKeeper::turn(const Now& now) {
  end_requests(now);
  end_overrides(now);
  if (has_news_) install();
}

bool LimitsKeeper::is_settled() {
  if (has_news_) install();
  return !has_news_ && context_.mailbox.is_settled();
}

// Offered at once, or, while the trading thread has not yet taken the set before, at a later turn.
void LimitsKeeper::install() {
  has_news_ = true;
  if (!context_.mailbox.is_settled()) return;
  has_news_ = !context_.mailbox.offer(
      std::make_unique<risk::Limits>(make_limits(in_force_, context_.instruments)));
}

std::expected<LimitSettings, LimitsKeeper::Problems> LimitsKeeper::read_file() const {
  if (context_.file.empty()) {
    return std::unexpected{
        Problems{"the gateway was not started with a file; there is nothing to "
                 "read anew"}};
  }
  ConfigDocument document =
      ConfigDocument::load(context_.file, ConfigDocument::process_environment());
  const bool is_readable = std::ranges::none_of(
      document.problems(), [](const ConfigProblem& problem) { return problem.key.empty(); });
  LimitSettings settings;
  if (is_readable) {
    settings = read_limits(document.root());
    document.root().subsection("limits").finish();
    document.root().subsection("symbols").finish();
  }
  Problems problems;
  for (const ConfigProblem& problem : document.problems()) problems.push_back(problem.str());
  if (problems.empty()) problems = shape_differences(configured_, settings);
  if (problems.empty()) problems = complaints_of(settings);
  if (!problems.empty()) return std::unexpected{std::move(problems)};
  return settings;
}

// What is wrong with the set and was not wrong with the configured one.
LimitsKeeper::Problems LimitsKeeper::complaints_of(const LimitSettings& settings) const {
  const auto known =
      risk::validate(make_limits(configured_, context_.instruments), context_.instruments);
  Problems complaints =
      risk::validate(make_limits(settings, context_.instruments), context_.instruments);
  std::erase_if(complaints, [&known](const std::string& complaint) {
    return std::ranges::find(known, complaint) != known.end();
  });
  return complaints;
}

std::expected<LimitsKeeper::Reload, LimitsKeeper::Problems> LimitsKeeper::reload(
    const std::string& actor, const Now& now) {
  auto read = read_file();
  if (!read) {
    reload_failures_.add();
    say(LogLevel::kError, "not reloaded, the limits stay as they are:", now);
    for (const std::string& problem : read.error()) say(LogLevel::kError, problem, now);
    return std::unexpected{std::move(read.error())};
  }
  const std::vector<LimitField> before = fields_of(configured_);
  std::vector<LimitField> after = fields_of(*read);
  Reload result;
  result.held = changes_between(before, after);
  std::erase_if(result.held, [](const LimitChange& change) { return !change.is_raise; });
  hold_raises(before, after);
  // What somebody had raised above a limit that is now lower ends with it.
  for (const LimitChange& change : changes_between(before, after)) {
    std::erase_if(overrides_, [&change](const LimitOverride& override) {
      return override.is_raise && override.key == change.key;
    });
  }
  const std::vector<LimitField> force_before = fields_of(in_force_);
  put_fields(configured_, after);
  in_force_ = with_overrides(configured_, overrides_);
  result.changes = changes_between(force_before, fields_of(in_force_));
  reloads_.add();
  raises_held_.set(static_cast<std::int64_t>(result.held.size()));
  changes_.add(static_cast<std::int64_t>(result.changes.size()));
  if (!result.changes.empty()) install();
  count();
  std::string text = "reloaded by " + actor + ": ";
  text += result.changes.empty() ? "nothing else holds" : text_of(result.changes);
  say(LogLevel::kWarning, text, now);
  if (!result.held.empty()) {
    say(LogLevel::kWarning,
        "not taken, for these raise a limit and need 'portcullis limits request' and another "
        "operator's 'approve': " +
            text_of(result.held),
        now);
  }
  std::string reason = context_.file + " read anew";
  if (!result.held.empty()) reason += "; held, for they raise: " + text_of(result.held);
  (void)note(audit::Act::kLimitsReloaded, actor, result.changes, reason, now);
  return result;
}

std::expected<LimitsKeeper::Asked, LimitsKeeper::Problems> LimitsKeeper::request(
    uid_t user, const std::vector<std::pair<std::string, std::string>>& sets, const End& end,
    const std::string& reason, const Now& now) {
  const Operator* const person = context_.operators.find(user);
  if (person == nullptr || !person->may_request) {
    return std::unexpected{Problems{context_.operators.text_of(user) +
                                    " may not change limits; add [operators.NAME] with uid = " +
                                    std::to_string(user) + " and may = [\"request\"]"}};
  }
  const std::vector<LimitField> before = fields_of(in_force_);
  std::vector<LimitField> after = before;
  Problems problems = put_sets(sets, after);
  if (reason.empty()) problems.emplace_back("give a reason: whoever approves it needs it");
  if (end.at && *end.at <= now.wall) problems.emplace_back("its end is over; give a later one");
  if (requests_.size() >= kRequestsMax) problems.emplace_back("too many requests wait already");
  if (problems.empty()) {
    LimitSettings wanted = in_force_;
    put_fields(wanted, after);
    problems = complaints_of(wanted);
  }
  if (!problems.empty()) return std::unexpected{std::move(problems)};

  Request raise{.end = end,
                .user = user,
                .requester = context_.operators.text_of(user),
                .reason = reason,
                .expires = now.wall + kRequestLife,
                .expires_mono = now.mono + kRequestLife};
  Request lower = raise;
  split(before, after, lower, raise);
  Asked asked;
  if (!raise.changes.empty()) {
    raise.id = next_id_++;
    if (auto noted = note(audit::Act::kLimitRequested, raise.requester, raise.changes,
                          "request " + std::to_string(raise.id) + ": " + reason, now);
        !noted) {
      return std::unexpected{
          Problems{"not asked for, for it cannot be written down: " + noted.error()}};
    }
    asked.id = raise.id;
    asked.waiting = raise.changes;
    say(LogLevel::kWarning,
        "request " + std::to_string(raise.id) + " of " + raise.requester + ": " +
            text_of(raise.changes),
        now);
    requests_.push_back(raise);
  }
  if (!lower.changes.empty()) {
    asked.warning = apply(lower, "", now);
    if (auto noted = note(audit::Act::kLimitChanged, lower.requester, lower.changes, reason, now);
        !noted) {
      asked.warning += (asked.warning.empty() ? "" : "; ") + noted.error();
    }
    asked.done = std::move(lower.changes);
  }
  count();
  return asked;
}

std::expected<LimitsKeeper::Request, std::string> LimitsKeeper::approve(uid_t user,
                                                                        std::uint64_t id,
                                                                        const Now& now) {
  end_requests(now);
  const std::string approver = context_.operators.text_of(user);
  const Operator* const person = context_.operators.find(user);
  if (person == nullptr || !person->may_approve) {
    return std::unexpected{approver + " may not approve; add [operators.NAME] with uid = " +
                           std::to_string(user) + " and may = [\"approve\"]"};
  }
  const auto found = std::ranges::find(requests_, id, &Request::id);
  if (found == requests_.end()) {
    return std::unexpected{"there is no request " + std::to_string(id) +
                           " (any more); 'portcullis limits diff' lists those that wait"};
  }
  if (found->user == user) {
    return std::unexpected{"who asks for it may not approve it: another operator has to"};
  }
  const std::vector<LimitField> fields = fields_of(in_force_);
  for (const LimitChange& change : found->changes) {
    if (fields[change.place].text() == change.before) continue;
    return std::unexpected{change.key + " is " + fields[change.place].text() + " by now, not " +
                           change.before + " as when it was asked for; ask for it again"};
  }
  if (found->end.at && *found->end.at <= now.wall) {
    return std::unexpected{"its end is over; ask for it again with a later one"};
  }
  const std::string reason =
      "request " + std::to_string(id) + " of " + found->requester + ": " + found->reason;
  for (const audit::Act act : {audit::Act::kLimitApproved, audit::Act::kLimitChanged}) {
    if (auto noted = note(act, approver, found->changes, reason, now); !noted) {
      return std::unexpected{"not done, for it cannot be written down: " + noted.error()};
    }
  }
  const Request approved = *found;
  requests_.erase(found);
  const std::string warning = apply(approved, approver, now);
  if (!warning.empty()) say(LogLevel::kError, warning, now);
  say(LogLevel::kWarning,
      "request " + std::to_string(id) + " approved by " + approver + ": " +
          text_of(approved.changes),
      now);
  count();
  return approved;
}

std::string LimitsKeeper::apply(const Request& request, const std::string& approver,
                                const Now& now) {
  const std::vector<LimitField> base = fields_of(configured_);
  std::vector<LimitField> wanted = base;
  for (std::size_t i = 0; i < request.changes.size(); ++i) {
    wanted[request.changes[i].place].value = request.values[i];
  }
  const std::vector<LimitChange> against_base = changes_between(base, wanted);
  for (std::size_t i = 0; i < request.changes.size(); ++i) {
    const auto change = std::ranges::find(against_base, request.changes[i].key, &LimitChange::key);
    LimitOverride override{.key = request.changes[i].key,
                           .value = request.values[i],
                           .is_raise = change != against_base.end() && change->is_raise,
                           .requester = request.requester,
                           .approver = approver,
                           .reason = request.reason};
    if (request.end.at) override.until = *request.end.at;
    if (request.end.after > Nanos{0}) override.until = now.wall + request.end.after;
    if (override.until) override.until_mono = now.mono + (*override.until - now.wall);
    make_way(override);
    if (change != against_base.end() || approver.empty()) overrides_.push_back(std::move(override));
  }
  in_force_ = with_overrides(configured_, overrides_);
  changes_.add(static_cast<std::int64_t>(request.changes.size()));
  install();
  return save();
}

// What two people want replaces whatever was said of the limit. What one wants comes on top of it,
// so that its end brings back nothing that another has lowered, and a raise of two people is not
// made longer.
void LimitsKeeper::make_way(LimitOverride& next) {
  if (!next.approver.empty()) {
    std::erase_if(overrides_, [&next](const LimitOverride& old) { return old.key == next.key; });
    return;
  }
  if (!next.is_raise) {
    // The same again, no longer than the new one, is only clutter.
    std::erase_if(overrides_, [&next](const LimitOverride& old) {
      return old.key == next.key && !old.is_raise && old.value == next.value &&
             (!next.until || (old.until && *old.until <= *next.until));
    });
    return;
  }
  for (const LimitOverride& old : overrides_) {
    if (old.key != next.key || !old.is_raise || !old.until) continue;
    if (next.until && *next.until <= *old.until) continue;
    next.until = old.until;
    next.until_mono = old.until_mono;
  }
  std::erase_if(overrides_,
                [&next](const LimitOverride& old) { return old.key == next.key && old.is_raise; });
}

std::string LimitsKeeper::save() const {
  const auto saved = save_overrides(overrides_file(context_.state_dir), overrides_, configured_);
  return saved ? "" : "in force, but a restart would forget it: " + saved.error();
}

void LimitsKeeper::end_requests(const Now& now) {
  for (auto request = requests_.begin(); request != requests_.end();) {
    if (now.wall < request->expires && now.mono < request->expires_mono) {
      ++request;
      continue;
    }
    (void)note(audit::Act::kLimitRefused, "gateway", request->changes,
               "request " + std::to_string(request->id) + " of " + request->requester +
                   ": nobody approved it in time",
               now);
    request = requests_.erase(request);
    count();
  }
}

void LimitsKeeper::end_overrides(const Now& now) {
  const bool is_any = std::ranges::any_of(
      overrides_, [&now](const LimitOverride& override) { return is_over(override, now); });
  if (!is_any || now.mono < retry_) return;
  std::vector<LimitOverride> kept = overrides_;
  std::erase_if(kept, [&now](const LimitOverride& override) { return is_over(override, now); });
  LimitSettings next = with_overrides(configured_, kept);
  const auto changes = changes_between(fields_of(in_force_), fields_of(next));
  const bool is_milder = std::ranges::any_of(changes, &LimitChange::is_raise);
  const auto noted =
      note(audit::Act::kOverrideExpired, "gateway", changes, "its time is over", now);
  // One that had lowered a limit stays until that it ends can be written down.
  if (!noted && is_milder) {
    retry_ = now.mono + kRetry;
    std::erase_if(overrides_, [&now](const LimitOverride& override) {
      return override.is_raise && is_over(override, now);
    });
    in_force_ = with_overrides(configured_, overrides_);
    install();
    return;
  }
  overrides_ = std::move(kept);
  in_force_ = std::move(next);
  changes_.add(static_cast<std::int64_t>(changes.size()));
  install();
  if (const std::string warning = save(); !warning.empty()) say(LogLevel::kError, warning, now);
  say(LogLevel::kWarning, "overrides over: " + text_of(changes), now);
  count();
}

std::expected<void, std::string> LimitsKeeper::note(audit::Act act, const std::string& actor,
                                                    const std::vector<LimitChange>& changes,
                                                    std::string reason, const Now& now) {
  return context_.audit.note({.act = act,
                              .actor = actor,
                              .scope = changes.size() == 1 ? changes.front().key : "limits",
                              .reason = std::move(reason),
                              .before = joined(changes, &LimitChange::before),
                              .after = joined(changes, &LimitChange::after)},
                             now.wall);
}

void LimitsKeeper::say(LogLevel level, const std::string& text, const Now& now) {
  log_in_pieces(context_.log, level, now.mono, "limits: {s}", text);
}

void LimitsKeeper::count() {
  open_requests_.set(static_cast<std::int64_t>(requests_.size()));
  open_overrides_.set(static_cast<std::int64_t>(overrides_.size()));
}

}  // namespace portcullis::app
