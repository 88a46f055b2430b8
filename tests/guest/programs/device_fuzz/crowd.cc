// SPDX-License-Identifier: MIT
#include "tests/guest/programs/device_fuzz/crowd.h"

#include <fmt/core.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <thread>

namespace s390log::test {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kPatience{10};  // then a call that does not return gets a signal
constexpr seconds kStuck{900};         // then it never will, even where emulation crawls
constexpr uint32_t kNobody = 65534;
constexpr int kChildFault = 1;

void CallAny(Draw& draw, Actor& actor) {
  // Mappings cost the most by far, and the threads have but one address space.
  const uint32_t which = draw.Below(256);
  if (which < 140) return CallQueue(draw, actor);
  if (which < 224) return CallLog(draw, actor);
  if (which < 231) return CallMemory(draw, actor);
  if (which < 249) return CallFile(draw, actor);
  CallSystem(draw, actor);
}

// A child with all descriptors and mappings of its parent, which makes some calls and ends; one
// that waits for ever is ended by its alarm in the midst of it.
void Fork(Draw& draw, Actor& actor) {
  actor.Begin(Call::kFork);
  const pid_t child = ::fork();
  if (child == 0) {
    const itimerval alarm{{0, 0}, {0, 30'000}};
    ::setitimer(ITIMER_REAL, &alarm, nullptr);
    for (uint32_t i = draw.Below(30); i > 0; --i) CallAny(draw, actor);
    if (!actor.tally.Fault().empty()) ::dprintf(2, "child: %s\n", actor.tally.Fault().c_str());
    ::_exit(actor.tally.Fault().empty() ? 0 : kChildFault);
  }
  actor.tally.Note(Call::kFork, child < 0 ? -1 : 0);
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == kChildFault)
    actor.tally.Note(Call::kFork, kChildFault);
}

// The user of this thread alone: glibc's setuid() would be that of all.
void BecomeNobody() {
  if (::syscall(SYS_setresuid, kNobody, kNobody, kNobody) != 0)
    throw std::system_error(errno, std::system_category(), "setresuid");
}

}  // namespace

struct Crowd::Thread {
  Thread(Crowd& all, uint32_t n) : crowd(all), number(n), actor(all.world_, all.shared_.data()) {
    actor.epoll = ::epoll_create1(EPOLL_CLOEXEC);
  }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  ~Thread() { ::close(actor.epoll); }

  Crowd& crowd;
  uint32_t number;
  Actor actor;
  std::atomic<bool> done{false};
  // The watch's own.
  uint64_t seen = 0;
  Clock::time_point since = Clock::now();
};

Crowd::Crowd(const Plan& plan) : plan_(plan), shared_(Arena::kPart) {
  ::pthread_barrier_init(&gate_, nullptr, plan.threads);
  world_.threads.resize(plan.threads);
  for (uint32_t i = 0; i < plan.threads; ++i)
    threads_.push_back(std::make_unique<Thread>(*this, i));
}

Crowd::~Crowd() {
  threads_.clear();
  world_.queues.CloseAll();
  world_.logs.CloseAll();
  ::pthread_barrier_destroy(&gate_);
}

void* Crowd::RunThread(void* argument) {
  Thread& thread = *static_cast<Thread*>(argument);
  const Plan& plan = thread.crowd.plan_;
  Actor& actor = thread.actor;
  ::pthread_barrier_wait(&thread.crowd.gate_);
  if (thread.number % 4 == 3) BecomeNobody();
  for (uint64_t call = 0; call < plan.calls / plan.threads && Clock::now() < plan.deadline;
       ++call) {
    Draw draw(plan.seed, thread.number, call);
    draw.OneIn(4000) ? Fork(draw, actor) : CallAny(draw, actor);
    actor.calls.store(call + 1, std::memory_order_relaxed);
    if (!actor.tally.Fault().empty()) break;
  }
  thread.done = true;
  return nullptr;
}

void Crowd::Watch(Thread& thread, Clock::time_point now) {
  const uint64_t calls = thread.actor.calls.load(std::memory_order_relaxed);
  if (calls != thread.seen || thread.done) {
    thread.seen = calls;
    thread.since = now;
    return;
  }
  if (now - thread.since < kPatience) return;
  if (now - thread.since > kStuck) {
    // There is no way to end the thread, nor to do without it.
    fmt::print(stderr, "device_fuzz: seed {}: thread {} is stuck in {}, its call {}\n", plan_.seed,
               thread.number, NameOf(thread.actor.now), calls);
    std::_Exit(1);
  }
  ::pthread_kill(world_.threads[thread.number], SIGUSR1);
}

void Crowd::Run() {
  for (uint32_t i = 0; i < plan_.threads; ++i) {
    const int rc = ::pthread_create(&world_.threads[i], nullptr, RunThread, threads_[i].get());
    if (rc != 0) throw std::system_error(rc, std::system_category(), "pthread_create");
  }
  const auto is_done = [](const auto& thread) { return thread->done.load(); };
  while (!std::all_of(threads_.begin(), threads_.end(), is_done)) {
    std::this_thread::sleep_for(kPatience);
    for (const auto& thread : threads_) Watch(*thread, Clock::now());
  }
  for (const pthread_t thread : world_.threads) ::pthread_join(thread, nullptr);
}

Tally Crowd::Sum() const {
  Tally sum;
  for (const auto& thread : threads_) sum.Add(thread->actor.tally);
  return sum;
}

uint64_t Crowd::Calls() const {
  uint64_t sum = 0;
  for (const auto& thread : threads_) sum += thread->actor.calls;
  return sum;
}

}  // namespace s390log::test
