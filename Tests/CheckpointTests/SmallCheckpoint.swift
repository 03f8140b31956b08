import TestSupport

/// A small checkpoint with all that published ones carry: {'model': {…}, 'optimizer', 'epoch', 'args', 'scaler'}.
func smallCheckpoint() -> TorchArchive {
  var pickle = Pickle()
  pickle.raw("}(")
  pickle.text("model")
  pickle.global("collections", "OrderedDict")
  pickle.raw(")R(")
  pickle.text("module.a")
  pickle.tensor("0", count: 6, shape: [2, 3], strides: [3, 1])
  pickle.text("module.b")
  pickle.tensor("1", type: "HalfStorage", count: 2, shape: [2], strides: [1])
  pickle.text("module.steps")
  pickle.tensor("2", type: "LongStorage", count: 1, shape: [], strides: [])
  pickle.raw("u}")
  pickle.text("_metadata")
  pickle.global("collections", "OrderedDict")
  pickle.raw(")Rsb")
  pickle.text("optimizer")
  pickle.raw("}(")
  pickle.text("state")
  pickle.raw("}")
  pickle.integer(0)
  pickle.tensor("0", count: 6, offset: 1, shape: [5], strides: [1])
  pickle.raw("s")
  pickle.text("param_groups")
  pickle.raw("]")
  pickle.code += Array("G".utf8) + [0x3f, 0xb9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a]
  pickle.raw("au")
  pickle.text("epoch")
  pickle.text("best")
  pickle.text("args")
  pickle.global("argparse", "Namespace")
  pickle.code += Array(")".utf8) + [0x81] + Array("}".utf8)
  pickle.text("lr")
  pickle.raw("Nsb")
  pickle.raw("u")
  return TorchArchive(
    pickle: pickle.stopped,
    storages: [
      bytes([1, 2, 3, 4, 5, 6]), bytes(Float16(0.5).bitPattern) + bytes(Float16(-2).bitPattern), bytes(Int64(9)),
    ])
}
