internal import ArgumentParser
internal import CSystem
import Files
internal import Foundation
internal import Media
import MienKit
import Models
internal import Networks
internal import Tensor

/// `mien bench`: how long a window or a step of training takes on this machine.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time one window, or steps of training, on this machine.",
    discussion: """
      EXAMPLES:
        mien bench
        mien bench --size tiny --threads 4
        mien bench --model base --runs 50 --json
        mien bench --model mine --hop 0.32
        mien bench --kernels --size tiny
        mien bench --pipeline clip.mkv
        mien bench --train pretrain --size small --batch 8

      Runs windows of noise, by turns with one plain matrix product of OpenBLAS (cblas_sgemm, 800×2048×512, one \
      thread), so that a busy machine slows both. 'share' is the window's GFLOP/s over the product's, per thread. --pipeline times what a live session does around \
      the model over a recording: CPU time of one thread, and its share of a core at 30 frames a second.

      --train times whole steps over noise: forward, backward and AdamW, after a first step that sizes the memory.
      """)

  @Option(help: ArgumentHelp("Model folder to time.", valueName: "dir"))
  var model: String?

  @Option(help: "Time random weights of this size instead. (default: base)")
  var size: UntrainedSize?

  @Option(
    name: .customLong("with"), parsing: .upToNextOption,
    help: ArgumentHelp("Other values for keys of 'sizes' in config.json, such as blocks=2.", valueName: "key=value"))
  var changes: [SizeChange] = []

  @Option(help: ArgumentHelp("Build --size on the encoders of this size.", valueName: "size"))
  var encoders: UntrainedSize?

  @Option(help: "Time a window that has these modalities alone: av, a or v. (default: all that the model looks at)")
  var modalities: Modalities?

  @Option(
    help: ArgumentHelp(
      "Time windows that follow one another at this hop, as in a stream: a model that keeps what it computed of frames and rows need not do it again.",
      valueName: "seconds"))
  var hop: Double?

  @Option(help: ArgumentHelp("Threads that share a window, or a step.", valueName: "count"))
  var threads = 1

  @Option(help: ArgumentHelp("Windows to time, or steps of training. (default: 10, or 5)", valueName: "count"))
  var runs: Int?

  @Option(help: ArgumentHelp("Time decoding, following and windows over this recording.", valueName: "file"))
  var pipeline: String?

  @Flag(help: "Time each kernel of a window, at the shapes that the model runs it at.")
  var kernels = false

  @Option(help: "Time steps of this training.")
  var train: TrainingTask?

  @Option(help: ArgumentHelp("Clips in a step of training. (default: 8, or 4 for finetune)", valueName: "count"))
  var batch: Int?

  @Option(
    help: ArgumentHelp(
      "What the model computes in: f32, bf16, int8, or auto: bf16 where the processor is faster in it.",
      valueName: "type"))
  var precision = PrecisionChoice.f32

  @Option(help: Instructions.help) var instructions: Instructions?

  @Option(
    help: ArgumentHelp("Run this window instead of noise: safetensors of 'video' and 'audio'.", valueName: "file"))
  var input: String?

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  func validate() throws {
    guard model == nil || size == nil else { throw ValidationError("Give --model or --size, not both.") }
    if pipeline != nil, model != nil || size != nil || train != nil {
      throw ValidationError("--pipeline times everything but the model; give it without --model, --size and --train.")
    }
    guard changes.isEmpty && encoders == nil || (size != nil && train == nil && !kernels) else {
      throw ValidationError("--with and --encoders go with --size, and not with --train and --kernels.")
    }
    guard modalities == nil || (pipeline == nil && train == nil && !kernels) else {
      throw ValidationError("--modalities is for windows; give it without --pipeline, --train and --kernels.")
    }
    guard hop == nil || (pipeline == nil && train == nil && !kernels && 0.01...2.56 ~= hop ?? 0) else {
      throw ValidationError(
        "--hop is for windows, 0.01 to 2.56 seconds; give it without --pipeline, --train and --kernels.")
    }
    guard train == nil || model == nil else {
      throw ValidationError("--train times fresh weights; give it --size instead of --model.")
    }
    guard batch == nil || train != nil else {
      throw ValidationError("--batch is for --train; windows are timed one at a time.")
    }
    guard !kernels || (model == nil && pipeline == nil && train == nil && input == nil && runs == nil) else {
      throw ValidationError("--kernels goes with --size, --precision, --instructions, --threads and --json.")
    }
    guard input == nil || (pipeline == nil && train == nil) else {
      throw ValidationError("--input is a window for the model; give it without --pipeline and --train.")
    }
    try instructions?.validate()
    guard instructions == nil || (train == nil && pipeline == nil) else {
      throw ValidationError("--instructions is for windows and --kernels; give it without --train and --pipeline.")
    }
    guard train == nil || precision != .int8 else {
      throw ValidationError("Training computes in f32 or bf16; --precision int8 is for windows.")
    }
    guard train == nil || precision != .bf16 || packing.precision == .bf16 else {
      throw ValidationError("This processor has no instructions for --precision bf16.")
    }
    guard 1...4096 ~= batch ?? 1 else { throw ValidationError("--batch must be 1 to 4096.") }
    guard threads >= 1 && threads <= 256 else { throw ValidationError("--threads must be 1 to 256.") }
    guard 1...100_000 ~= runs ?? 1 else { throw ValidationError("--runs must be 1 to 100000.") }
  }

  private var packing: WeightPacking { precision.packing(at: instructions?.level ?? .best) }

  func run() throws {
    Interruption.endAtOnce()
    if let pipeline {
      let report = PipelineReport(try VideoBenchmark(path: pipeline))
      return try Output().write((json ? try Self.json(report) : report.table) + "\n")
    }
    if kernels {
      let report = KernelReport(size ?? .base, asked: precision.rawValue, packing, threads: threads)
      return try Output().write((json ? try Self.json(report) : report.table) + "\n")
    }
    if let train {
      let size = size ?? .base
      let batch = batch ?? (train == .pretrain ? 8 : 4)
      let precision = packing.precision
      let measured = try train.benchmark(
        size, batch: batch, threads: threads, precision: precision, steps: runs ?? 5)
      let report = TrainingReport(train, size, precision, measured, peakMebibytes: Double(csystem_peak_kib()) / 1024)
      return try Output().write((json ? try Self.json(report) : report.table) + "\n")
    }
    let model = try weights(packing)
    if let modalities, !model.sizes.heads.contains(where: { $0.modalities.isSubset(of: modalities) }) {
      throw Failure(.usage, "--modalities \(modalities): the model has no head that needs no more")
    }
    let ready = (seconds: csystem_seconds_since_start(), kibibytes: csystem_peak_kib())
    let measured = Benchmark(
      model, threads: threads, runs: runs ?? 10, modalities: modalities,
      window: try input.map { try BenchWindow($0, for: model.sizes.inputs).input },
      hop: hop.map { Int(($0 * 100).rounded()) })
    guard measured.logits.allSatisfy(\.isFinite) else {
      throw Failure(
        .badData, "\(input ?? self.model ?? ""): the answer is no number; see that its values are finite and normalised"
      )
    }
    let report = Report(
      size: title, asked: precision.rawValue, measured, ready: ready,
      peakMebibytes: Double(csystem_peak_kib()) / 1024)
    try Output().write((json ? try Self.json(report) : report.table) + "\n")
  }

  private static func json(_ report: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(report), as: UTF8.self)
  }

  /// What is timed, for the report.
  private var title: String {
    guard model == nil else { return model ?? "" }
    return (size ?? .base).rawValue + (encoders.map { " on \($0.rawValue)" } ?? "")
  }

  /// Of random weights.
  private func sizes() throws -> any NetworkSizes {
    let size = size ?? .base
    var sizes = size.sizes(outputs: 6)
    if let encoders {
      guard let onOthers = sizes as? any SizesOnEncoders else {
        throw Failure(.usage, "--encoders: \(size.rawValue) has encoders of its own; give another --size")
      }
      do { sizes = try onOthers.on(encoders.sizes(outputs: 0), layers: nil, isFrozen: false) } catch {
        throw Failure(.usage, "--encoders \(encoders.rawValue): \(error)")
      }
    }
    do { return try sizes.changed(changes) } catch { throw Failure(.usage, "--with: \(size.rawValue): \(error)") }
  }

  private func weights(_ packing: WeightPacking) throws -> any Network {
    guard let model else { return try sizes().freshNetwork(seed: 0, packing: packing) }
    return try ModelFolder(try RunModels.model(of: model)).load(packing: packing).network
  }
}

/// What a benchmark prints; the names are the JSON's keys.
private struct Report: Encodable {
  /// `precision` is what ran, `asked` what was asked for.
  let size, precision, asked, kernels: String
  let threads, runs: Int
  /// From the process's start to the first window, and the peak until then.
  let readyS, readyMb: Double
  let medianMs, minMs, p95Ms, peakMb, sgemmGflops: Double
  /// nil for a window without a modality, and for windows that share steps.
  let gflop, share: Double?
  /// Of every window, in the order measured, on the clock and of processors.
  let ms, processorMs: [Double]
  let logits: [Float]

  enum CodingKeys: String, CodingKey {
    case size, precision, asked, kernels, threads, runs, gflop, share, ms, logits
    case readyS = "ready_s"
    case readyMb = "ready_mb"
    case processorMs = "processor_ms"
    case medianMs = "median_ms"
    case minMs = "min_ms"
    case p95Ms = "p95_ms"
    case peakMb = "peak_mb"
    case sgemmGflops = "sgemm_gflops"
  }

  init(
    size: String, asked: String, _ measured: Benchmark, ready: (seconds: Double, kibibytes: Int),
    peakMebibytes: Double
  ) {
    func rounded(_ value: Double, _ digits: Double) -> Double { (value * digits).rounded() / digits }
    (self.size, self.asked) = (size, asked)
    precision = measured.precision.rawValue
    readyS = rounded(ready.seconds, 1000)
    readyMb = rounded(Double(ready.kibibytes) / 1024, 10)
    kernels = measured.level.description
    (threads, runs) = (measured.threads, measured.seconds.count)
    medianMs = rounded(measured.median * 1e3, 100)
    minMs = rounded(measured.best * 1e3, 100)
    p95Ms = rounded(measured.p95 * 1e3, 100)
    ms = measured.seconds.map { rounded($0 * 1e3, 1000) }
    processorMs = measured.processorSeconds.map { rounded($0 * 1e3, 1000) }
    logits = measured.logits
    peakMb = rounded(peakMebibytes, 10)
    let isWhole = measured.modalities == measured.sizes.modalities && measured.hop == nil
    gflop = isWhole ? rounded(measured.sizes.gigaflops, 100) : nil
    sgemmGflops = rounded(measured.sgemm, 10)
    share = isWhole ? rounded(measured.share, 1000) : nil
  }

  var table: String {
    """
    window      \(medianMs) ms (median of \(runs)), best \(minMs) ms, 95 % within \(p95Ms) ms
    model       \(size), \(gflop.map { "\($0) GFLOP a window, " } ?? "")\(precision)\(asked == precision || asked == "auto" ? "" : " (asked: \(asked))")
    ready       \(readyS) s after the start, with \(readyMb) MB
    threads     \(threads), kernels \(kernels)
    sgemm       \(sgemmGflops) GFLOP/s on one thread
    share       \(share.map { "\($0)" } ?? "-") of that, per thread
    memory      \(peakMb) MB at the peak
    """
  }
}
