/// A parameter as a checkpoint has it.
package struct NamedTensor {
  package var name: String
  package var shape: [Int]
  package var values: [Float]

  package init(_ name: String, shape: [Int], values: [Float]) {
    (self.name, self.shape, self.values) = (name, shape, values)
  }
}

extension TorchArchive {
  /// What the published pre-training code saves: {'model': OrderedDict of tensors, 'optimizer': AdamW's state_dict, 'epoch':
  /// 99, 'scaler': the loss scaler's, 'args': argparse.Namespace}.
  package static func pretraining(_ tensors: [NamedTensor]) -> TorchArchive {
    var pickle = Pickle()
    var storages: [[UInt8]] = []
    func put(_ shape: [Int], _ values: [Float]) {
      var strides = [Int](repeating: 1, count: shape.count)
      for i in strides.indices.dropLast().reversed() { strides[i] = strides[i + 1] * shape[i + 1] }
      pickle.tensor("\(storages.count)", count: values.count, shape: shape, strides: strides)
      storages.append(bytes(values))
    }
    pickle.raw("}(")
    pickle.text("model")
    pickle.global("collections", "OrderedDict")
    pickle.raw(")R(")
    for tensor in tensors {
      pickle.text(tensor.name)
      put(tensor.shape, tensor.values)
    }
    pickle.raw("u}")
    pickle.text("_metadata")
    pickle.global("collections", "OrderedDict")
    pickle.raw(")Rsb")

    pickle.text("optimizer")
    pickle.raw("}(")
    pickle.text("state")
    pickle.raw("}(")
    // Moments of two parameters stand for those of all.
    for (i, tensor) in tensors.prefix(2).enumerated() {
      pickle.integer(i)
      pickle.raw("}(")
      pickle.text("step")
      put([], [77])
      for name in ["exp_avg", "exp_avg_sq"] {
        pickle.text(name)
        put(tensor.shape, tensor.values)
      }
      pickle.raw("u")
    }
    pickle.raw("u")
    pickle.text("param_groups")
    pickle.raw("](}(")
    pickle.text("lr")
    pickle.double(3e-4)
    pickle.text("betas")
    pickle.raw("(")
    pickle.double(0.9)
    pickle.double(0.95)
    pickle.raw("t")
    pickle.text("amsgrad")
    pickle.code.append(0x89)
    pickle.text("params")
    pickle.raw("](")
    for i in tensors.indices.prefix(2) { pickle.integer(i) }
    pickle.raw("eueu")

    pickle.text("epoch")
    pickle.integer(99)
    pickle.text("scaler")
    pickle.raw("}(")
    pickle.text("scale")
    pickle.double(65536)
    pickle.text("_growth_tracker")
    pickle.integer(12)
    pickle.raw("u")
    pickle.text("args")
    pickle.global("argparse", "Namespace")
    pickle.code += Array(")".utf8) + [0x81] + Array("}(".utf8)
    pickle.text("model")
    pickle.text("pretrain_hicmae_dim512_patch16_160_a256")
    pickle.text("batch_size")
    pickle.integer(40)
    pickle.text("mask_ratio")
    pickle.double(0.9)
    pickle.text("distributed")
    pickle.code.append(0x88)
    pickle.text("clip_grad")
    pickle.raw("N")
    pickle.text("opt_betas")
    pickle.raw("](")
    pickle.double(0.9)
    pickle.double(0.95)
    pickle.raw("eub")
    pickle.raw("u")
    return TorchArchive(pickle: pickle.stopped, storages: storages)
  }
}

extension Pickle {
  /// BINFLOAT.
  package mutating func double(_ value: Double) {
    code += Array("G".utf8) + withUnsafeBytes(of: value.bitPattern.bigEndian) { Array($0) }
  }
}
