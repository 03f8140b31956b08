import ArgumentParser
import Files
import Glibc
import MienKit

/// The command: one file a subcommand, and `Support` for what they share.
struct Mien: ParsableCommand {
  static let version = mienVersion

  static let configuration = CommandConfiguration(
    commandName: "mien",
    abstract: "Emotion, read from face and voice: timestamped JSON lines.",
    discussion: """
      EXAMPLES:
        mien replay recordings/actor-1 --format text
                                                  try it: the default model,
                                                  which knows drawn actors
        mien model import base.pth -o base --labels crema-d
        mien live --model base                    webcam and microphone
        mien replay clip.mp4 --model base         one JSON line a window
        mien eval --model base --data test.csv    UAR and WAR of a list of clips
        mien finetune --data train.csv --from base -o mine --labels crema-d

      Results go to stdout, all else to stderr. The exit status is 0, or as in sysexits: 64 usage, 65 bad data, 66 no \
      such input, 69 no such device, 70 bug, 73 exists already, 74 cannot write, 77 not permitted; 130 after Ctrl-C \
      and 143 after SIGTERM, but 0 where that is a way to end (live, record) or to pause (pretrain, finetune).
      """,
    version: version,
    subcommands: [
      Live.self, Record.self, Replay.self, Devices.self, Eval.self, Calibrate.self, Pretrain.self, Finetune.self,
      ReportCommand.self, Reconstruct.self, Embed.self, DataCommand.self, ModelCommand.self, Bench.self,
    ])
}

@main enum Main {
  static func main() {
    keepStandardDescriptorsTaken()
    Interruption.install()
    var command: any ParsableCommand
    let arguments = PublishedNames.translated(Array(CommandLine.arguments.dropFirst()))
    do { command = try Mien.parseAsRoot(arguments) } catch { Mien.exit(withError: error) }
    do { try command.run() } catch {
      // Help, version and usage are ArgumentParser's to word; what it does not know it calls a failure.
      if Mien.exitCode(for: error) != .failure { Mien.exit(withError: error) }
      let failure = Failure(error)
      if let line = failure.line { printError("mien: \(line)") }
      exit(failure.status.rawValue)
    }
  }

  /// A program started with a closed stdout would give its number to the next file it opens, and write results there.
  /// The number is taken by something that cannot be written to, so that writing fails as it should.
  private static func keepStandardDescriptorsTaken() {
    for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) == -1 {
      _ = open("/dev/null", number == STDOUT_FILENO ? O_RDONLY : O_RDWR)
    }
  }
}
