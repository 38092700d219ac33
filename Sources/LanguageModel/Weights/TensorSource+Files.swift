import ModelFiles

extension SafeTensorsModel: TensorSource {
    func shape(of name: String) throws -> [Int] { try shard(holding: name).entry(name).shape }
}

extension GGUFFile: TensorSource {
    func shape(of name: String) throws -> [Int] { try entry(name).shape }
}
