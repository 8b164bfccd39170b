using System.Threading.Channels;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Trainers;

/// <summary>Asks a trainer process of its own what retrained networks predict. Outside the store: no unit is claimed and no row is written.</summary>
public static class Predicting
{
    /// <summary>Asks one question after the other and gives the answers in that order. Throws <see cref="InvalidDataException"/> with the
    /// trainer's words when it cannot answer one, or leaves; <see cref="System.ComponentModel.Win32Exception"/> when it cannot be started.</summary>
    /// <param name="options">How trainers are started.</param>
    /// <param name="folder">Working directory of the trainer.</param>
    /// <param name="execution">Device and threads, the same for every question.</param>
    /// <param name="questions">Of different fences.</param>
    /// <param name="cancel">Ends the trainer.</param>
    public static async Task<IReadOnlyList<TrainerEvent.Predicted>> AskAsync(
        TrainerOptions options, string folder, ExecutionSpec execution, IReadOnlyList<TrainerCommand.Predict> questions, CancellationToken cancel = default)
    {
        var inbox = Channel.CreateUnbounded<TrainerSignal>(new() { SingleReader = true });
        var pins = TrainerEnvironment.For(execution, options.InstructionSet, execution.Device == "cpu" ? null : "0");
        await using var trainer = await new TrainerProcess.Launcher(options, folder).StartAsync(pins, inbox.Writer);
        var answers = new List<TrainerEvent.Predicted>();
        foreach (var question in questions)
        {
            await trainer.SendAsync(question);
            answers.Add(await AnswerAsync(question, trainer, inbox.Reader, cancel));
        }
        return answers;
    }

    private static async Task<TrainerEvent.Predicted> AnswerAsync(
        TrainerCommand.Predict question, ITrainer trainer, ChannelReader<TrainerSignal> inbox, CancellationToken cancel)
    {
        while (true)
        {
            switch (await inbox.ReadAsync(cancel))
            {
                case TrainerSignal.Said { Event: TrainerEvent.Predicted answer } when answer.Fence == question.Fence:
                    return answer;
                case TrainerSignal.Said { Event: TrainerEvent.Failed failed } when failed.Fence == question.Fence:
                    throw new InvalidDataException($"{question.Unit.UnitId} cannot predict: {failed.Message}");
                case TrainerSignal.Garbled garbled:
                    throw new InvalidDataException($"The trainer said what is no event ({garbled.Why}): {garbled.Line}");
                case TrainerSignal.Exited gone:
                    throw new InvalidDataException($"{question.Unit.UnitId} cannot predict: {gone.Exit.Explain(trainer.Log).Message}");
            }
        }
    }
}
