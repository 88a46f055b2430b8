// SPDX-License-Identifier: MIT
#include "logd/store_row.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>

#include "logd/syslog_format.h"
#include "s390log/message.h"

namespace s390log {
namespace {

// Columns of kInsertEntry, from 1.
enum Insert : int {
  kId = 1,
  kBoot,
  kSequence,
  kLast,
  kTime,
  kEvent,
  kMatch,
  kDevice,
  kCpu,
  kFlags,
  kVolser,
  kMessage,
  kSeverity,
  kText,
  kPayload,
  kLoss,
  kLossCpus,
};

// Columns of kSelectEntry, from 0.
enum Select : int {
  kOutId,
  kOutBoot,
  kOutBigEndian,
  kOutSequence,
  kOutLast,
  kOutTime,
  kOutEvent,
  kOutMatch,
  kOutDevice,
  kOutCpu,
  kOutFlags,
  kOutVolser,
  kOutPayload,
  kOutLoss,
  kOutLossCpus,
};

bool HasRecord(Match match) { return match == Match::kComplete || match == Match::kCoalesced; }

int64_t Signed(uint64_t value) { return static_cast<int64_t>(value); }

std::vector<uint32_t> ParseCpus(const std::string& text) {
  std::vector<uint32_t> cpus;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    uint32_t cpu = 0;
    const auto [next, error] = std::from_chars(at, end, cpu);
    if (error != std::errc()) break;
    cpus.push_back(cpu);
    at = next < end ? next + 1 : end;
  }
  return cpus;
}

std::span<const std::byte> Blob(const SQLite::Column& column) {
  const auto* bytes = static_cast<const std::byte*>(column.getBlob());
  return {bytes, bytes == nullptr ? 0 : static_cast<size_t>(column.getBytes())};
}

}  // namespace

void BindEntry(SQLite::Statement& insert, uint64_t id, int64_t boot, const Event& event) {
  const CatalogEntry& message = MessageOf(event);
  insert.bind(kId, Signed(id));
  insert.bind(kBoot, boot);
  insert.bind(kSequence, Signed(event.first.Value()));
  insert.bind(kLast, Signed(event.last.Value()));
  insert.bind(kTime, Signed(event.time_ns));
  insert.bind(kEvent, int64_t{event.id});
  insert.bind(kMatch, static_cast<int>(event.match));
  insert.bind(kDevice, int64_t{event.device_word});
  if (event.cpu) insert.bind(kCpu, static_cast<int>(*event.cpu));
  insert.bind(kFlags, static_cast<int>(event.flags));
  if (event.volser) insert.bind(kVolser, *event.volser);
  insert.bind(kMessage, std::string(message.message_id));
  insert.bind(kSeverity, message.severity);
  insert.bind(kText, TextOf(event));
  if (HasRecord(event.match)) {
    insert.bindNoCopy(kPayload, event.raw.data(), static_cast<int>(event.raw.size()));
  } else {
    insert.bind(kLoss, static_cast<int>(event.cause.kind));
    insert.bind(kLossCpus, fmt::format("{}", fmt::join(event.cause.cpus, ",")));
  }
}

StoredEvent LoadEntry(SQLite::Statement& select) {
  const auto number = [&](int column) { return select.getColumn(column).getInt64(); };
  Outcome outcome;
  outcome.match = static_cast<Match>(number(kOutMatch));
  outcome.first = SequenceNumber(static_cast<uint64_t>(number(kOutSequence)));
  outcome.last = SequenceNumber(static_cast<uint64_t>(number(kOutLast)));
  outcome.event = static_cast<uint32_t>(number(kOutEvent));
  const SQLite::Column payload = select.getColumn(kOutPayload);
  if (HasRecord(outcome.match)) {
    Record& record = outcome.record;
    record.event = outcome.event;
    record.sequence = outcome.first;
    record.time_ns = static_cast<uint64_t>(number(kOutTime));
    record.device_word = static_cast<uint32_t>(number(kOutDevice));
    record.cpu = static_cast<uint16_t>(number(kOutCpu));
    record.flags = static_cast<uint16_t>(number(kOutFlags));
    record.order = number(kOutBigEndian) != 0 ? ByteOrder::kBig : ByteOrder::kLittle;
    record.payload = Blob(payload);
  } else {
    outcome.cause.kind = static_cast<LossKind>(number(kOutLoss));
    outcome.cause.cpus = ParseCpus(select.getColumn(kOutLossCpus).getString());
  }
  StoredEvent stored{static_cast<uint64_t>(number(kOutId)), select.getColumn(kOutBoot).getString(),
                     MakeEvent(outcome, static_cast<uint64_t>(number(kOutTime)))};
  // Of an event without a label it is not in the payload, but known from the load before.
  const SQLite::Column volser = select.getColumn(kOutVolser);
  if (!volser.isNull()) stored.event.volser = volser.getString();
  return stored;
}

}  // namespace s390log
