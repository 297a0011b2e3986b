// tests/runners/scripted_device.h - a device that answers commands as a test says, to see what a
// session makes of it.
//
// It speaks the protocol by itself (boot, setup, plan load, run, report) and lets a test replace
// the answer to any command: links that drop, devices that crash, counters that stand still can't
// be had from good firmware.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "runners/transport.h"

namespace opline::runners {

class ScriptedDevice : public Transport {
 public:
  using Answer = std::vector<Received>;

  static Received line(std::string text) { return {Received::Status::line, std::move(text)}; }
  static Answer lines(const std::vector<std::string>& texts) {
    Answer answer;
    for (const std::string& text : texts) answer.push_back(line(text));
    answer.push_back(line("m-ready"));
    return answer;
  }

  /// The answer to every command that begins with `prefix`; the longest prefix wins.
  void on(const std::string& prefix, std::function<Answer(const std::string&)> answer) {
    answers_[prefix] = std::move(answer);
  }
  void on(const std::string& prefix, Answer answer) {
    on(prefix, [answer = std::move(answer)](const std::string&) { return answer; });
  }

  void send(std::string_view bytes) override {
    command_ += bytes;
    for (std::size_t end = command_.find('%'); end != std::string::npos; end = command_.find('%')) {
      reply(command_.substr(0, end));
      command_.erase(0, end + 1);
    }
  }

  Received read_line(double seconds) override {
    seconds_asked.push_back(seconds);
    if (pending_.empty()) return {Received::Status::timed_out, "silent"};
    Received first = pending_.front();
    pending_.pop_front();
    return first;
  }

  std::vector<std::string> commands;  ///< As received, without '%'.
  std::vector<double> seconds_asked;  ///< Budgets of read_line.

 private:
  void reply(const std::string& command) {
    commands.push_back(command);
    const std::function<Answer(const std::string&)>* best = nullptr;
    for (const auto& [prefix, answer] : answers_) {  // sorted: a longer prefix comes later
      if (command.starts_with(prefix)) best = &answer;
    }
    if (best == nullptr) return;
    for (const Received& received : (*best)(command)) pending_.push_back(received);
  }

  std::map<std::string, std::function<Answer(const std::string&)>> answers_;
  std::deque<Received> pending_;
  std::string command_;
};

}  // namespace opline::runners
